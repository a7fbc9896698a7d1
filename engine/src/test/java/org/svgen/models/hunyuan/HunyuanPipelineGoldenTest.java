package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.models.Pipelines;
import org.svgen.models.ReportedHeads;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.run.Shift;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** The whole way from a prompt and a seed to latents and frames, against diffusers' pipeline. */
class HunyuanPipelineGoldenTest {
    private static final String TINY = "hunyuanvideo-tiny";
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();
    private static final StepListener SILENT = new StepListener() {};

    private static Request request(AttentionSettings attention, DType dtype, String negative) {
        JsonNode s = Goldens.json(TINY, "golden/pipeline.json");
        return Request.builder(
                        Defaults.of(
                                new VideoSize(
                                        s.get("width").asInt(),
                                        s.get("height").asInt(),
                                        s.get("num_frames").asInt(),
                                        24),
                                Sampling.of(
                                        s.get("num_inference_steps").asInt(),
                                        s.get("guidance_scale").asDouble()),
                                attention))
                .prompt(s.get("prompt").asString())
                .negativePrompt(negative)
                .seed(s.get("seed").asLong())
                .dtype(dtype)
                .build();
    }

    private static Request request() {
        return request(DENSE, DType.F32, "");
    }

    @Test
    void promptAndSeedAloneGiveTheLatentsAndFramesOfDiffusers() {
        requireGolden(DType.F32, 1e-3);
    }

    @Test
    void theDevicesFasterTypeGivesNearlyTheSame() {
        DType activation;
        try (Backend backend = TestDevice.open()) {
            activation = backend.activation();
        }
        assumeTrue(activation != DType.F32, "this device computes in f32");
        requireGolden(activation, 3e-2);
    }

    @Test
    void aShiftOfARunMovesItsStepsAndTheFoldersOwnChangesNothing() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            float[] own = latents(pipeline, request());
            assertThat(latents(pipeline, shifted(7))).isEqualTo(own);
            assertThat(latents(pipeline, shifted(3))).isNotEqualTo(own);
            assertThat(pipeline.unused(shifted(3))).isEmpty();
        }
    }

    /** x - + s (x - x-), by the latents of a run of one step with either prompt alone. */
    @Test
    void trueGuidanceGoesFromTheNegativePromptsPredictionThroughThePrompts() {
        Request one = request().toBuilder().steps(1).build();
        Request other = one.toBuilder().prompt("static, blurry, of no great length").build();
        Request both =
                one.toBuilder()
                        .negativePrompt(other.prompt())
                        .set(HunyuanFamily.TRUE_GUIDANCE, 3.0)
                        .build();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend, DType.F32)) {
            float[] expected = latents(pipeline, one);
            float[] negative = latents(pipeline, other);
            assertThat(Errors.relative(negative, expected)).isGreaterThan(1e-3);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = negative[i] + 3 * (expected[i] - negative[i]);
            }
            assertThat(Errors.relative(latents(pipeline, both), expected)).isLessThan(1e-5);
            assertThat(pipeline.plan(both, Long.MAX_VALUE).tokens().branches()).isEqualTo(2);
            assertThat(pipeline.unused(both)).isEmpty();
        }
    }

    private static Request shifted(double shift) {
        return request().toBuilder().set(Shift.SETTING, OptionalDouble.of(shift)).build();
    }

    private static float[] latents(VideoPipeline pipeline, Request request) {
        try (Result result = pipeline.generate(request, SILENT)) {
            return result.latents().toFloats();
        }
    }

    private static void requireGolden(DType activation, double tolerance) {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/pipeline.safetensors");
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(TINY), backend, activation)) {
            try (Result result = pipeline.generate(request(), SILENT)) {
                GoldenTensor latents = Objects.requireNonNull(golden.get("final_latents"));
                assertThat(result.latents().shape()).isEqualTo(latents.shape());
                assertThat(Errors.relative(result.latents().toFloats(), latents.floats()))
                        .as("final latents")
                        .isLessThan(tolerance);
                float[] video = Objects.requireNonNull(golden.get("video")).floats();
                Clip clip = result.clip();
                assertThat(Errors.relative(clip.frames().toFloats(), channelsLast(video, clip)))
                        .as("frames")
                        .isLessThan(tolerance);
            }
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    /** From [F, 3, H, W] to [F, H, W, 3]. */
    private static float[] channelsLast(float[] in, Clip clip) {
        int plane = clip.height() * clip.width();
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
            int frame = i / (3 * plane);
            out[(frame * plane + i % plane) * 3 + i / plane % 3] = in[i];
        }
        return out;
    }

    @ParameterizedTest
    @EnumSource(AttentionSettings.Mode.class)
    void everyPolicyRunsInLayersOfBothKindsAndReportsWhatItKept(AttentionSettings.Mode mode) {
        AttentionSettings attention =
                AttentionSettings.builder()
                        .mode(mode)
                        .density(0.999)
                        .denseSteps(new Amount.Count(1))
                        .denseLayers(new Amount.Count(1))
                        .sampledRows(16)
                        .build();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend);
                Result result = pipeline.generate(request(attention, DType.F32, ""), SILENT)) {
            Report report = result.report();
            assertThat(report.steps()).hasSize(4);
            assertThat(report.layers()).hasSize(4);
            assertThat(report.layers().getFirst().spatial()).isZero();
            ReportedHeads.requireConsistent(report, 1, 2);
            int heads = 3 * 2; // sparse steps, heads
            for (Report.Layer layer : report.layers().subList(1, 4)) {
                switch (mode) {
                    case DENSE, PAB -> assertThat(layer.spatial() + layer.temporal()).isZero();
                    case SPATIAL -> assertThat(layer.spatial()).isEqualTo(heads);
                    case TEMPORAL -> assertThat(layer.temporal()).isEqualTo(heads);
                    case SVG, SVG_OFFICIAL ->
                            assertThat(layer.spatial() + layer.temporal()).isEqualTo(heads);
                }
            }
        }
    }

    @Test
    void theDensityOfDenseLeavesPaddingToItself() {
        // Of 256 text tokens 28 are the prompt's; they and the video attend to each other.
        List<Double> densities = new ArrayList<>();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend);
                Result result = pipeline.generate(request(), SILENT)) {
            result.report().steps().forEach(s -> densities.add(s.density()));
        }
        int video = 3 * 2 * 3;
        int prompt = 28;
        double real = Math.pow(video + prompt, 2) + Math.pow(256 - prompt, 2);
        assertThat(densities).allMatch(d -> d == real / Math.pow(video + 256, 2));
    }

    @Test
    void inBfloat16OnlyTheFirstNoiseIsNot() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend);
                Result result = pipeline.generate(request(DENSE, DType.BF16, ""), SILENT)) {
            float[] latents = result.latents().toFloats();
            for (float value : latents) {
                assertThat(BFloat16.round(value)).isEqualTo(value);
            }
            // The noise is the same as in single precision, and so is the video, nearly.
            float[] expected =
                    Goldens.tensors(TINY, "golden/pipeline.safetensors")
                            .get("final_latents")
                            .floats();
            assertThat(Errors.relative(latents, expected)).isBetween(1e-4, 0.05);
        }
    }

    @Test
    void saysWhatItDoesNotUseAndWhatItCuts() {
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }

                    @Override
                    public boolean cancelled() {
                        return true;
                    }
                };
        Request longer =
                request(DENSE, DType.F32, "blurry").toBuilder()
                        .prompt("water ".repeat(400))
                        .seed(0)
                        .build();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            assertThatThrownBy(() -> pipeline.generate(longer, listener))
                    .isInstanceOf(CancelledException.class);
            assertThat(backend.memory().live()).isZero();
        }
        assertThat(notes).hasSize(4);
        assertThat(notes.get(0)).contains("negative prompt is not used");
        assertThat(notes.get(1)).contains("too long for this model");
        assertThat(notes.get(2)).contains("too long for CLIP");
        assertThat(notes.get(3)).contains("the index is followed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    40 | 32 | 9  | width 40: expected a multiple of 16; the nearest are 32 and 48
                    48 | 8  | 9  | height 8: expected a multiple of 16; the nearest are 16 and 32
                    48 | 32 | 11 | frames 11: this model makes 1 + a multiple of 4 frames; the nearest are 9 and 13
                    """)
    void namesTheNearestSizes(int width, int height, int frames, String message) {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            assertThatThrownBy(() ->
                            pipeline.check(
                                    request().toBuilder()
                                            .size(width, height)
                                            .frames(frames)
                                            .build()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void defaultsAreThoseOfDiffusersPipeline() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            Request r = Request.of("a", pipeline.defaults());
            assertThat(Arrays.asList(r.width(), r.height(), r.frames(), r.steps()))
                    .containsExactly(1280, 720, 129, 50);
            assertThat(r.guidance()).isEqualTo(6);
            pipeline.check(r);
        }
    }
}
