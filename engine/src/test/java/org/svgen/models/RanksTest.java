package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.device.Link;
import org.svgen.tensor.op.AddGatedOp;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.ranks.Devices;
import org.svgen.tensor.ranks.RankException;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** However many devices make a video, it is the same, bit by bit. */
class RanksTest {
    private static final String COGVIDEOX = "cogvideox-t2v-tiny";
    private static final String HUNYUAN = "hunyuanvideo-t2v-tiny";
    private static final String WAN = "wan-t2v-tiny";
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static Backend one() {
        return TestDevice.ranks(1).getFirst();
    }

    private static Backend ranks(int count) {
        return Devices.together("ranks", TestDevice.ranks(count), PATIENCE);
    }

    private static Request request(VideoPipeline pipeline, Mode mode) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .size(64, 48)
                .frames(9)
                .steps(3)
                .attention(
                        AttentionSettings.builder()
                                .mode(mode)
                                .density(mode == Mode.SVG ? 0.999 : 0.9)
                                .denseSteps(new Amount.Count(1))
                                .denseLayers(new Amount.Count(1))
                                .sampledRows(16)
                                .build())
                .build();
    }

    private static long run(Backend backend, String model, Mode mode) {
        try (VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            return run(pipeline, request(pipeline, mode));
        } finally {
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    private static long run(VideoPipeline pipeline, Request request) {
        try (Result result = pipeline.generate(request, StepListener.SILENT)) {
            return TinyRun.hash(result);
        }
    }

    @ParameterizedTest
    @CsvSource({
        COGVIDEOX + ", DENSE", COGVIDEOX + ", SVG",
        HUNYUAN + ", DENSE", HUNYUAN + ", SVG",
        WAN + ", DENSE", WAN + ", SVG"
    })
    void theVideoIsThatOfOneDevice(String model, Mode mode) {
        long expected;
        try (Backend one = one()) {
            expected = run(one, model, mode);
        }
        for (int count : new int[] {2, 3, 4, 8}) {
            try (Backend backend = ranks(count)) {
                assertThat(run(backend, model, mode)).as("%d ranks", count).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void soItIsWithEveryKindOfAttention(Mode mode) {
        try (Backend one = one();
                Backend backend = ranks(3)) {
            assertThat(run(backend, COGVIDEOX, mode)).isEqualTo(run(one, COGVIDEOX, mode));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CacheSettings.Kind.class,
            names = {"EASY", "EVEN", "FBC"})
    void soItIsWhereStepsAreSkipped(CacheSettings.Kind kind) {
        List<Long> hashes = new ArrayList<>();
        for (Supplier<Backend> open : List.<Supplier<Backend>>of(RanksTest::one, () -> ranks(3))) {
            try (Backend backend = open.get();
                    VideoPipeline pipeline = Pipelines.open(Goldens.folder(WAN), backend)) {
                Request request =
                        request(pipeline, Mode.SVG).toBuilder()
                                .steps(5)
                                .cache(
                                        new CacheSettings(
                                                kind,
                                                OptionalDouble.of(0.3),
                                                new Amount.Count(1),
                                                3))
                                .build();
                hashes.add(run(pipeline, request));
            }
        }
        assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
    }

    /** Devices with memory of their own, which work on while the program goes on. */
    @ParameterizedTest
    @ValueSource(strings = {COGVIDEOX, HUNYUAN, WAN})
    void soItIsWithStreamedLayersAndWithinThePlan(String model) {
        sameWithStreamedLayers(model, new FarBackend(1 << 30), far());
    }

    @ParameterizedTest
    @ValueSource(strings = {COGVIDEOX, HUNYUAN, WAN})
    void soItIsWithLayersThatAreStreamedToTheseDevices(String model) {
        boolean streams;
        try (Backend one = one()) {
            streams = !one.readsHost();
        }
        assumeTrue(streams, "this device uses weights where they are");
        sameWithStreamedLayers(model, one(), TestDevice.ranks(3));
    }

    private static void sameWithStreamedLayers(String model, Backend alone, List<Backend> three) {
        long expected;
        try (alone) {
            expected = run(alone, model, Mode.SVG);
        }
        try (Backend backend = Devices.together("ranks", three, PATIENCE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            Request request = request(pipeline, Mode.SVG);
            Plan free = pipeline.plan(request, Long.MAX_VALUE);
            for (Plan plan : List.of(free, TinyRun.streamed(free))) {
                try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
                    Report report = result.report();
                    assertThat(TinyRun.hash(result)).isEqualTo(expected);
                    assertThat(report.peakBytes()).isLessThanOrEqualTo(plan.peakBytes());
                }
            }
        }
    }

    private static List<Backend> far() {
        return List.of(new FarBackend(1 << 30), new FarBackend(1 << 30), new FarBackend(1 << 30));
    }

    /** Counts what a device adds and attends with, and hangs there if it is told to. */
    private static final class Counting extends ForwardingBackend {
        private double added;
        private double attended;
        private double fetched;
        private volatile boolean hangs;

        Counting() {
            super(Backends.openRank("cpu", 2));
        }

        @Override
        public Ops ops() {
            return op -> {
                if (op instanceof AddGatedOp add && add.faults() != null) {
                    added += add.out().elements();
                    hang();
                }
                switch (op) {
                    case AttentionOp o -> attended += o.q().elements();
                    case BlockAttentionOp o -> attended += o.q().elements();
                    default -> {}
                }
                run(op);
            };
        }

        private void run(Op op) {
            other().ops().run(op);
        }

        /** Whoever fetches from another waits for that, and that one for the copies' end. */
        @Override
        public Optional<Link> link() {
            Link link = other().link().orElseThrow();
            return Optional.of(
                    new Link() {
                        @Override
                        public Mark mark() {
                            return link.mark();
                        }

                        @Override
                        public void await(Mark mark) {
                            fetched++;
                            link.await(mark);
                        }

                        @Override
                        public void copy(Rows from, Rows to, long width, long rows) {
                            link.copy(from, to, width, rows);
                        }
                    });
        }

        private void hang() {
            while (hangs) {
                try {
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    hangs = false; // given up
                }
            }
        }
    }

    /** Residuals are counted within blocks alone. */
    @ParameterizedTest
    @ValueSource(strings = {COGVIDEOX, HUNYUAN, WAN})
    void eachOfFourDevicesHasAboutAQuarterOfTheTokens(String model) {
        double all;
        try (Counting device = new Counting();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), device)) {
            run(pipeline, request(pipeline, Mode.DENSE));
            all = device.added;
        }
        List<Counting> devices =
                List.of(new Counting(), new Counting(), new Counting(), new Counting());
        try (Backend backend = Devices.together("ranks", List.copyOf(devices), PATIENCE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            run(pipeline, request(pipeline, Mode.DENSE));
        }
        assertThat(devices).allSatisfy(d -> assertThat(d.added / all).isBetween(0.22, 0.32));
    }

    /** CogVideoX attends in blocks alone, but for its text encoder, whose attention has a bias. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"SVG", "SOL", "TOPK", "MINFERENCE", "STA", "SVG2", "EAR"})
    void eachOfTwoDevicesAttendsWithHalfOfTheHeads(Mode mode) {
        double all;
        try (Counting device = new Counting();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(COGVIDEOX), device)) {
            run(pipeline, request(pipeline, mode));
            all = device.attended;
        }
        List<Counting> devices = List.of(new Counting(), new Counting());
        try (Backend backend = Devices.together("ranks", List.copyOf(devices), PATIENCE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(COGVIDEOX), backend)) {
            run(pipeline, request(pipeline, mode));
        }
        assertThat(devices).allSatisfy(d -> assertThat(d.attended / all).isEqualTo(0.5));
    }

    /** What is behind the layers is fetched once a step: two waits. */
    @Test
    void withTwoDevicesEachHasABranchOfGuidanceAndLayersExchangeNothing() {
        List<Counting> devices = List.of(new Counting(), new Counting());
        try (Backend backend = Devices.together("ranks", List.copyOf(devices), PATIENCE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(COGVIDEOX), backend)) {
            Request request = request(pipeline, Mode.DENSE);
            run(pipeline, request);
            assertThat(devices)
                    .allSatisfy(d -> assertThat(d.fetched).isEqualTo(2.0 * request.steps()));
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void aRankThatHangsEndsTheRunWithItsName() {
        List<Counting> devices = List.of(new Counting(), new Counting());
        try (Backend backend =
                        Devices.together("ranks", List.copyOf(devices), Duration.ofSeconds(1));
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(WAN), backend)) {
            devices.get(1).hangs = true;
            Request request = request(pipeline, Mode.DENSE);
            assertThatThrownBy(() -> run(pipeline, request))
                    .isInstanceOf(RankException.class)
                    .hasMessageContaining("rank 1 (cpu): no sign of life for 1");
            assertThatThrownBy(() -> run(pipeline, request)).isInstanceOf(RankException.class);
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void aListenerStopsAllRanksAndTheNextRunIsAsEver() {
        try (Backend backend = ranks(3);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(WAN), backend)) {
            Request request = request(pipeline, Mode.SVG);
            long hash = run(pipeline, request);
            StepListener stopping =
                    new StepListener() {
                        private boolean stop;

                        @Override
                        public void step(Report.Step done, int steps) {
                            stop = true;
                        }

                        @Override
                        public boolean cancelled() {
                            return stop;
                        }
                    };
            assertThatThrownBy(() -> pipeline.generate(request, stopping))
                    .isInstanceOf(CancelledException.class);
            assertThat(run(pipeline, request)).isEqualTo(hash);
        }
    }
}
