package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.models.cogvideox.CogVideoXFamily;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** The whole way from a prompt and a seed to latents and frames, against diffusers' pipelines. */
class PipelineGoldenTest {
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();

    private static Request request(String folder, Tensor image, AttentionSettings attention) {
        JsonNode s = Goldens.json(folder, "golden/pipeline.json");
        return Request.builder(
                        Defaults.of(
                                new VideoSize(
                                        s.get("width").asInt(),
                                        s.get("height").asInt(),
                                        s.get("num_frames").asInt(),
                                        8),
                                Sampling.of(
                                        s.get("num_inference_steps").asInt(),
                                        s.get("guidance_scale").asDouble()),
                                attention))
                .set(CogVideoXFamily.DYNAMIC_GUIDANCE, s.get("use_dynamic_cfg").asBoolean())
                .prompt(s.get("prompt").asString())
                .negativePrompt(s.get("negative_prompt").asString())
                .image(image)
                .seed(s.get("seed").asLong())
                .build();
    }

    private static Tensor image(Arena arena, Map<String, GoldenTensor> golden) {
        GoldenTensor image = golden.get("image");
        return image == null
                ? null
                : channelsLast(arena, image.floats(), image.shape().size(2), image.shape().size(3));
    }

    /** From [3, H, W] to [H, W, 3]. */
    private static Tensor channelsLast(Arena arena, float[] in, int h, int w) {
        float[] out = new float[in.length];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < h * w; i++) {
                out[i * 3 + c] = in[c * h * w + i];
            }
        }
        return Tensor.of(arena, out, h, w, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny"})
    void promptAndSeedAloneGiveTheLatentsAndFramesOfDiffusers(String folder) {
        requireGolden(folder, DType.F32, 1e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny"})
    void theDevicesFasterTypeGivesNearlyTheSame(String folder) {
        DType activation;
        try (Backend backend = TestDevice.open()) {
            activation = backend.activation();
        }
        assumeTrue(activation != DType.F32, "this device computes in f32");
        requireGolden(folder, activation, 3e-2);
    }

    private static void requireGolden(String folder, DType activation, double tolerance) {
        Map<String, GoldenTensor> golden = Goldens.tensors(folder, "golden/pipeline.safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(folder), backend, activation)) {
            Request request = request(folder, image(arena, golden), DENSE);
            try (Result result = pipeline.generate(request, new StepListener() {})) {
                GoldenTensor latents = golden.get("final_latents");
                assertThat(result.latents().shape()).isEqualTo(latents.shape());
                assertThat(Errors.relative(result.latents().toFloats(), latents.floats()))
                        .as("final latents")
                        .isLessThan(tolerance);
                assertThat(result.report().density()).isEqualTo(1);

                float[] video = golden.get("video").floats(); // [1, F, 3, H, W]
                Clip clip = result.clip();
                int frame = 3 * clip.height() * clip.width();
                for (int f = 0; f < clip.count(); f++) {
                    float[] planes =
                            java.util.Arrays.copyOfRange(video, f * frame, (f + 1) * frame);
                    Tensor expected = channelsLast(arena, planes, clip.height(), clip.width());
                    assertThat(
                                    Errors.relative(
                                            clip.frames().get(f).toFloats(), expected.toFloats()))
                            .as("frame %d", f)
                            .isLessThan(tolerance);
                }
            }
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(AttentionSettings.Mode.class)
    void everyPolicyRunsAndReportsWhatItKept(AttentionSettings.Mode mode) {
        String folder = "cogvideox-t2v-tiny";
        AttentionSettings attention =
                AttentionSettings.builder()
                        .mode(mode)
                        .density(0.999)
                        .denseSteps(new Amount.Count(1))
                        .denseLayers(new Amount.Count(1))
                        .sampledRows(16)
                        .build();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend);
                Result result =
                        pipeline.generate(
                                request(folder, null, attention), new StepListener() {})) {
            Report report = result.report();
            assertThat(report.steps()).hasSize(4);
            assertThat(report.steps().getFirst().density()).isEqualTo(1);
            long spatial = report.layers().get(1).spatial();
            long temporal = report.layers().get(1).temporal();
            int heads = 3 * 2 * 2; // sparse steps, guidance branches, heads
            switch (mode) {
                case DENSE, PAB -> assertThat(spatial + temporal).isZero();
                case SPATIAL -> assertThat(spatial).isEqualTo(heads);
                case TEMPORAL -> assertThat(temporal).isEqualTo(heads);
                case SVG ->
                        assertThat(spatial + temporal + report.layers().get(1).dense())
                                .isEqualTo(heads);
                case SVG_OFFICIAL -> assertThat(spatial + temporal).isEqualTo(heads);
            }
            assertThat(report.layers().get(0).spatial()).isZero();
            ReportedHeads.requireConsistent(report, 2, 2);
            // By a density of nearly 1 no step takes over another's attention.
            boolean dense =
                    mode == AttentionSettings.Mode.DENSE || mode == AttentionSettings.Mode.PAB;
            assertThat(report.sparseDensity().isEmpty()).isEqualTo(dense);
            if (!dense) {
                // Blocks are kept whole: this close to 1 that may be all of them.
                boolean less = report.steps().getLast().density() < 1;
                assertThat(less || attention.byBlocks()).isTrue();
            }
            assertThat(report.peakBytes()).isGreaterThanOrEqualTo(report.workspaceBytes());
            assertThat(report.stageSeconds()).containsKeys(Stage.TEXT, Stage.DENOISE, Stage.DECODE);
        }
    }

    @Test
    void theSameRequestGivesTheSameBits() {
        String folder = "cogvideox-t2v-tiny";
        AttentionSettings svg =
                AttentionSettings.builder()
                        .mode(AttentionSettings.Mode.SVG)
                        .density(0.999)
                        .denseSteps(new Amount.Count(1))
                        .denseLayers(new Amount.Count(0))
                        .sampledRows(8)
                        .build();
        List<float[]> latents = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (Backend backend = TestDevice.open();
                    VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend);
                    Result result =
                            pipeline.generate(request(folder, null, svg), new StepListener() {})) {
                latents.add(result.latents().toFloats());
            }
        }
        assertThat(latents.get(0)).isEqualTo(latents.get(1));
    }

    @Test
    void inBfloat16NoiseAndLatentsAreBfloat16Numbers() {
        String folder = "cogvideox-t2v-tiny";
        Map<String, GoldenTensor> golden = Goldens.tensors(folder, "golden/pipeline.safetensors");
        Request half = request(folder, null, DENSE).toBuilder().dtype(DType.BF16).build();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend);
                Result result = pipeline.generate(half, new StepListener() {})) {
            float[] latents = result.latents().toFloats();
            for (float value : latents) {
                assertThat(BFloat16.round(value)).isEqualTo(value);
            }
            // Torch draws other numbers in bfloat16, so this is another video.
            assertThat(Errors.relative(latents, golden.get("final_latents").floats()))
                    .isGreaterThan(0.1);
        }
    }

    @Test
    void cancellingStopsBeforeTheNextStepAndLeavesNothingBehind() {
        String folder = "cogvideox-t2v-tiny";
        int[] steps = {0};
        StepListener listener =
                new StepListener() {
                    @Override
                    public void progress(Stage stage, int done, int total) {
                        steps[0] = stage.kind() == Stage.Kind.DENOISE ? done : steps[0];
                    }

                    @Override
                    public boolean cancelled() {
                        return steps[0] == 2;
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            assertThatThrownBy(() -> pipeline.generate(request(folder, null, DENSE), listener))
                    .isInstanceOf(CancelledException.class);
            assertThat(steps[0]).isEqualTo(2);
            assertThat(backend.memory().live()).isZero();
        }
    }

    @Test
    void nanInTheLatentsStopsTheRunWithStepAndLayer() {
        String folder = "cogvideox-t2v-tiny";
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            Request r = request(folder, null, DENSE);
            float[] noise = new float[4 * 4 * 6 * 8];
            noise[5] = Float.NaN;
            Request poisoned =
                    r.toBuilder().latents(Tensor.of(arena, noise, 1, 4, 4, 6, 8)).build();
            assertThatThrownBy(() -> pipeline.generate(poisoned, new StepListener() {}))
                    .hasMessageContaining("step 1 of 4, layer 0")
                    .hasMessageContaining("NaN");
        }
    }

    @Test
    void anImageThatIsStretchedToAnotherShapeIsNotedOnce() {
        String folder = "cogvideox-i2v-tiny";
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            Tensor wide = Tensor.zeros(arena, DType.F32, 8, 32, 3);
            Request request = request(folder, wide, DENSE).toBuilder().steps(1).build();
            pipeline.generate(request, listener).close();
        }
        assertThat(notes)
                .filteredOn(n -> n.startsWith("the image, 32 x 8, is stretched to the video's"))
                .hasSize(1);
    }

    @Test
    void anImageWhereNoneIsWantedAndNoneWhereOneIsAreRefused() {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline t2v = Pipelines.open(Goldens.folder("cogvideox-t2v-tiny"), backend);
                VideoPipeline i2v = Pipelines.open(Goldens.folder("cogvideox-i2v-tiny"), backend)) {
            Tensor image = Tensor.zeros(arena, DType.F32, 8, 8, 3);
            assertThatThrownBy(() -> t2v.check(request("cogvideox-t2v-tiny", image, DENSE)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("image: ");
            assertThatThrownBy(() -> i2v.check(request("cogvideox-i2v-tiny", null, DENSE)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("image is missing");
        }
    }
}
