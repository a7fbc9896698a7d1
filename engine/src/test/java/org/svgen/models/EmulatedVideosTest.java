package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.ClusterSettings;
import org.svgen.pipeline.ClusterSettings.Metric;
import org.svgen.pipeline.ClusterSettings.Routing;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.ranks.Devices;
import org.svgen.testkit.EmulatedDriver;
import org.svgen.testkit.Goldens;

/**
 * Whole denoising runs on several emulated GPUs, with the kernels of real ones: their latents are
 * those of one GPU, bit by bit.
 *
 * <p>What may differ: kind of attention (12), model (3), number of ranks (2, 3, 4, 8), whether GPUs
 * reach each other's memory, whether layers are streamed. A build runs each kind of attention once,
 * and each pair of values of the other four at least once: 12 runs. With system property {@code
 * svgen.test.emulated=pairs} each pair of all five is met: 48 runs. With {@code every} all 576 are
 * made. RanksTest has all kinds of attention on the CPU.
 */
class EmulatedVideosTest {
    private static final List<String> MODELS = List.of("wan", "cogvideox", "hunyuanvideo");
    private static final List<Integer> COUNTS = List.of(2, 3, 4, 8);
    private static final Duration PATIENCE = Duration.ofMinutes(5); // these GPUs are slow

    private static final Map<String, Long> OF_ONE = new HashMap<>();

    record Run(String model, Mode mode, int ranks, boolean peers, boolean streamed) {
        List<Object> values() {
            return List.of(mode, model, ranks, peers, streamed);
        }
    }

    static List<Run> runs() {
        return switch (System.getProperty("svgen.test.emulated", "some")) {
            case "some" -> some();
            case "pairs" -> pairs();
            case "every" -> every();
            default -> throw new IllegalStateException("expected some, pairs or every");
        };
    }

    private static List<Run> some() {
        List<Run> all = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            int m = mode.ordinal();
            all.add(run(m, mode, m, m + m / 4, m / 2 + m / 4));
        }
        return all;
    }

    private static List<Run> pairs() {
        List<Run> all = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            int m = mode.ordinal();
            for (int c = 0; c < COUNTS.size(); c++) {
                all.add(run(m + c, mode, c, c ^ m, c / 2 ^ m / 2));
            }
        }
        return all;
    }

    private static List<Run> every() {
        List<Run> all = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (int i = 0; i < MODELS.size() * COUNTS.size() * 4; i++) {
                int rest = i / 12;
                all.add(run(i, mode, i / 3, rest, rest / 2));
            }
        }
        return all;
    }

    private static Run run(int model, Mode mode, int count, int peers, int streamed) {
        return new Run(
                MODELS.get(model % MODELS.size()),
                mode,
                COUNTS.get(count % COUNTS.size()),
                peers % 2 == 0,
                streamed % 2 == 0);
    }

    @BeforeAll
    static void emulate() {
        System.setProperty(EmulatedDriver.PROPERTY, EmulatedDriver.library());
    }

    @AfterAll
    static void emulateNoMore() {
        System.clearProperty(EmulatedDriver.PROPERTY);
        EmulatedDriver.devices(1, true);
    }

    @Test
    void eachPairIsMetThatIsSaidToBe() {
        int modes = Mode.values().length;
        int others = 3 * 4 + 3 * 2 + 3 * 2 + 4 * 2 + 4 * 2 + 2 * 2;
        assertThat(pairs(some(), false)).hasSize(others);
        assertThat(some()).extracting(Run::mode).containsExactly(Mode.values());
        assertThat(pairs(pairs(), true)).hasSize(others + modes * (3 + 4 + 2 + 2));
        assertThat(every()).doesNotHaveDuplicates().hasSize(modes * 3 * 4 * 2 * 2);
    }

    private static Set<List<Object>> pairs(List<Run> runs, boolean withModes) {
        Set<List<Object>> met = new HashSet<>();
        for (Run run : runs) {
            List<Object> values = run.values();
            for (int i = withModes ? 0 : 1; i < values.size(); i++) {
                for (int j = i + 1; j < values.size(); j++) {
                    met.add(List.of(i, values.get(i), j, values.get(j)));
                }
            }
        }
        return met;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void theLatentsAreThoseOfOneGpu(Run run) {
        long expected =
                OF_ONE.computeIfAbsent(
                        run.model + run.mode, k -> latents(run.model, run.mode, 1, false));
        EmulatedDriver.devices(run.ranks, run.peers);
        int direct = EmulatedDriver.directCopies();
        int staged = EmulatedDriver.stagedCopies();
        assertThat(latents(run.model, run.mode, run.ranks, run.streamed)).isEqualTo(expected);
        assertThat(EmulatedDriver.directCopies() > direct).isEqualTo(run.peers);
        assertThat(EmulatedDriver.stagedCopies() > staged).isEqualTo(!run.peers);
    }

    private static Backend open(int ranks) {
        List<Backend> devices =
                IntStream.range(0, ranks)
                        .mapToObj(i -> Backends.openRank("cuda:" + i, ranks))
                        .toList();
        return ranks == 1 ? devices.getFirst() : Devices.together("ranks", devices, PATIENCE);
    }

    /** Of a run that ends before its decoder begins. */
    private static long latents(String model, Mode mode, int ranks, boolean streamed) {
        try (LastDownload backend = new LastDownload(open(ranks));
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(model + "-t2v-tiny"), backend)) {
            Request request = request(pipeline, mode);
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            StepListener untilDecoding =
                    new StepListener() {
                        private boolean decodes;

                        @Override
                        public void progress(Stage stage, int done, int total) {
                            decodes = stage.equals(Stage.DECODE);
                        }

                        @Override
                        public boolean cancelled() {
                            return decodes;
                        }
                    };
            assertThatThrownBy(() ->
                            pipeline.generate(
                                    request,
                                    streamed ? TinyRun.streamed(plan) : plan,
                                    untilDecoding))
                    .isInstanceOf(CancelledException.class);
            return backend.hash();
        }
    }

    private static Request request(VideoPipeline pipeline, Mode mode) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .size(48, 32)
                .frames(9)
                .steps(2)
                .attention(
                        AttentionSettings.builder()
                                .mode(mode)
                                .density(mode == Mode.SVG ? 0.999 : 0.9)
                                .denseSteps(new Amount.Count(mode == Mode.PAB ? 0 : 1))
                                .denseLayers(new Amount.Count(1))
                                .sampledRows(8)
                                .clusters(
                                        new ClusterSettings(4, 6, 0, 2, Metric.AUTO, Routing.AUTO))
                                .build())
                .build();
    }
}
