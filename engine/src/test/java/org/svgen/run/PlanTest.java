package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.LayerStream;
import org.svgen.checkpoint.WeightCount.Layer;
import org.svgen.forecast.OpProbe;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Pictures.Use;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StageNeed;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.TooLargeException;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Work;
import org.svgen.tensor.op.Op;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

class PlanTest {
    private static final StepListener SILENT = new StepListener() {};
    private static final AttentionSettings SVG =
            AttentionSettings.builder()
                    .mode(AttentionSettings.Mode.SVG)
                    .density(0.999)
                    .denseSteps(new Amount.Count(1))
                    .denseLayers(new Amount.Count(0))
                    .sampledRows(8)
                    .build();

    /** A device with memory of its own: the one under test, or the CPU that pretends. */
    private static Backend device() {
        Backend backend = TestDevice.open();
        if (backend.readsHost()) {
            backend.close();
            return new FarBackend(Long.MAX_VALUE);
        }
        return backend;
    }

    private static Request request(String folder, Arena arena, VideoPipeline pipeline) {
        var s = Goldens.json(folder, "golden/pipeline.json");
        Pictures pictures = pipeline.pictures();
        Tensor grey = Tensor.zeros(arena, DType.F32, 32, 32, 3);
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .image(pictures.first() == Use.REFUSED ? null : grey)
                .lastImage(pictures.last() == Use.REFUSED ? null : grey)
                .size(s.get("width").asInt(), s.get("height").asInt())
                .frames(s.get("num_frames").asInt())
                .steps(2)
                .guidance(2)
                .attention(SVG)
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cogvideox-t2v-tiny",
                "cogvideox-i2v-tiny",
                "hunyuanvideo-tiny",
                "wan-flf2v-tiny",
                "wan22-i2v-tiny",
                "wan22-ti2v-tiny"
            })
    void streamedWeightsGiveTheSameBitsWithinThePlannedMemory(String folder) {
        List<float[]> latents = new ArrayList<>();
        List<float[]> frames = new ArrayList<>();
        for (int part : new int[] {0, 1, 2}) {
            try (Arena arena = Arena.ofShared();
                    Backend backend = device();
                    VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
                Request request = request(folder, arena, pipeline);
                Plan free = pipeline.plan(request, Long.MAX_VALUE);
                assertThat(free.stages()).allMatch(s -> s.stream().count() == 0);
                Plan plan = streaming(free, part);
                try (Result result = pipeline.generate(request, plan, SILENT)) {
                    latents.add(result.latents().toFloats());
                    frames.add(result.clip().frames().toFloats());
                    assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
                }
                assertThat(backend.memory().live()).as("bytes left behind").isZero();
            }
        }
        assertThat(latents.get(1)).isEqualTo(latents.get(0));
        assertThat(latents.get(2)).isEqualTo(latents.get(0));
        assertThat(frames.get(2)).isEqualTo(frames.get(0));
    }

    /** The same plan, with half or all layers of every stage streamed. */
    private static Plan streaming(Plan plan, int halves) {
        List<StagePlan> stages = new ArrayList<>();
        for (StagePlan s : plan.stages()) {
            List<Layer> layers = s.need().layers();
            LayerStream stream = LayerStream.of(layers, Math.ceilDiv(halves * layers.size(), 2));
            long weights = s.need().otherBytes() + stream.deviceBytes(layers);
            stages.add(new StagePlan(s.need(), stream, weights));
        }
        return new Plan(
                plan.device(),
                plan.limitBytes(),
                stages,
                plan.tokens(),
                plan.resultBytes(),
                plan.skips());
    }

    @Test
    void aLimitBelowTheResidentPeakStreamsAndOneBelowThatIsRefused() {
        String folder = "hunyuanvideo-tiny";
        try (Arena arena = Arena.ofShared();
                Backend backend = device();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            Request request =
                    request(folder, arena, pipeline).toBuilder().size(16, 16).frames(1).build();
            Plan free = pipeline.plan(request, Long.MAX_VALUE);
            StagePlan largest = free.stage(Stage.DENOISE);
            assertThat(largest.bytes()).isEqualTo(free.peakBytes());
            assertThat(largest.stream().count()).isZero();
            long below = largest.bytes() - 1;
            Plan limited = pipeline.plan(request, below);
            assertThat(limited.stage(Stage.DENOISE).stream().count()).isPositive();
            assertThat(limited.peakBytes()).isLessThanOrEqualTo(below);
            assertThatThrownBy(() -> pipeline.plan(request, 40_000))
                    .isInstanceOf(BadInputException.class)
                    .message()
                    .hasLineCount(1)
                    .contains("need at least", "memoryLimit allows", "fit");
        }
    }

    @Test
    void keepsAsManyLayersAsFit() {
        StageNeed need =
                new StageNeed(
                        Stage.DENOISE,
                        50,
                        List.of(
                                new Layer(100, 100, 0),
                                new Layer(100, 100, 0),
                                new Layer(100, 100, 0),
                                new Layer(100, 100, 0)),
                        30,
                        900,
                        100,
                        new Work());
        assertThat(streamed(need, 1450)).isZero();
        assertThat(streamed(need, 1449)).isEqualTo(3); // two places and one that stays
        assertThat(streamed(need, 1349)).isEqualTo(4);
        assertThat(new Budget(1249, false).fit(need)).isEmpty();
        assertThat(new Budget(1249, false).least(need)).isEqualTo(1250);
        assertThat(new Budget(1030, true).fit(need)).isPresent(); // in files, but for 30 bytes
        assertThat(new Budget(1029, true).fit(need)).isEmpty();
        assertThat(new Budget(1029, true).least(need)).isEqualTo(1030);
    }

    private static int streamed(StageNeed need, long bytes) {
        StagePlan plan = new Budget(bytes, false).fit(need).orElseThrow();
        assertThat(plan.bytes()).isLessThanOrEqualTo(bytes);
        return plan.stream().count();
    }

    @Test
    void memoryThatIsGoneWhenAStageComesIsSaidWithWhatWasPlannedAndWhatWouldFit() {
        try (Arena arena = Arena.ofShared();
                FarBackend backend = new FarBackend(1L << 40);
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("hunyuanvideo-tiny"), backend)) {
            Request request = request("hunyuanvideo-tiny", arena, pipeline);
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            backend.shrink(plan.peakBytes() - 1);
            assertThatThrownBy(() -> pipeline.generate(request, plan, SILENT))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .message()
                    .hasLineCount(1)
                    .contains("was planned with ", " MB of far:0: far memory is full")
                    .containsPattern("what would fit now: memoryLimit \\d+M$");
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    @Test
    void saysWhatSmallerVideoWouldFit() {
        String folder = "cogvideox-t2v-tiny";
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            Request small = request(folder, arena, pipeline);
            Request large = small.toBuilder().frames(81).build();
            long fits =
                    pipeline.plan(small.toBuilder().frames(33).build(), Long.MAX_VALUE).peakBytes();
            assertThatThrownBy(() -> pipeline.plan(large, fits))
                    .hasMessageContaining("what would fit: frames 33")
                    .asInstanceOf(InstanceOfAssertFactories.type(TooLargeException.class))
                    .satisfies(e -> assertThat(e.fits().map(Request::frames)).hasValue(33));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cogvideox-t2v-tiny",
                "cogvideox-i2v-tiny",
                "hunyuanvideo-tiny",
                "wan-flf2v-tiny",
                "wan22-ti2v-tiny"
            })
    void everyOperationOfARunCanBeMeasuredWholeAndInPart(String folder) {
        measures(folder, SVG);
    }

    @Test
    void everyOperationOnBlocksCanBeMeasuredWholeAndInPart() {
        measures("cogvideox-t2v-tiny", SVG.toBuilder().mode(AttentionSettings.Mode.SOL).build());
        measures(
                "hunyuanvideo-tiny",
                SVG.toBuilder().mode(AttentionSettings.Mode.MINFERENCE).build());
        measures("wan22-t2v-tiny", SVG.toBuilder().mode(AttentionSettings.Mode.STA).build());
        measures("wan22-t2v-tiny", SVG.toBuilder().tail(AttentionSettings.Tail.ON).build());
    }

    private static void measures(String folder, AttentionSettings attention) {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend);
                OpProbe probe = new OpProbe(backend)) {
            Request request =
                    request(folder, arena, pipeline).toBuilder().attention(attention).build();
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            for (StagePlan stage : plan.stages()) {
                for (Work.Call call : stage.need().work().calls()) {
                    for (double share : new double[] {1, 0.3, 1e-5}) {
                        Op part = call.op().cut(share);
                        assertThat(part.cost()).isPositive().isLessThanOrEqualTo(call.op().cost());
                        assertThat(probe.measure(part, 0)).isPositive();
                    }
                }
            }
        }
    }
}
