package org.svgen.models.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.models.ModelCopy;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Errors;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** The whole way from a prompt and a seed to latents and frames, against diffusers' pipeline. */
class CosmosPipelineGoldenTest {
    private static final String TINY = "cosmos1-t2w-tiny";
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();
    private static final StepListener SILENT = new StepListener() {};

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

    /** The golden's pixels are cut to bytes, as diffusers hands them to a guardrail. */
    private static void requireGolden(DType activation, double tolerance) {
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/pipeline.safetensors");
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(TINY), backend, activation)) {
            try (Result result = pipeline.generate(request(DENSE), SILENT)) {
                GoldenTensor latents = Objects.requireNonNull(golden.get("final_latents"));
                assertThat(result.latents().shape()).isEqualTo(latents.shape());
                assertThat(Errors.relative(result.latents().toFloats(), latents.floats()))
                        .as("final latents")
                        .isLessThan(tolerance);
                Clip clip = result.clip();
                float[] frames = clip.frames().toFloats();
                float[] video = Objects.requireNonNull(golden.get("video")).floats();
                float[] expected = channelsLast(video, clip);
                double most = 0;
                for (int i = 0; i < frames.length; i++) {
                    most = Math.max(most, Math.abs(frames[i] - 0.5 / 255 - expected[i]));
                }
                assertThat(most).as("frames").isLessThan(0.5 / 255 + tolerance);
            }
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    /** What a step leaves, where a preview asks for it, is the clean sample of the next. */
    @Test
    void theLastPreviewIsNearlyTheResult() {
        List<float[]> previews = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public boolean wantsPreview(int step, int steps) {
                        return step == steps - 1;
                    }

                    @Override
                    public void preview(int step, Tensor clean) {
                        previews.add(clean.toFloats());
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend);
                Result result = pipeline.generate(request(DENSE), listener)) {
            assertThat(Errors.relative(previews.getFirst(), result.latents().toFloats()))
                    .isLessThan(0.1);
        }
    }

    @ParameterizedTest
    @EnumSource(AttentionSettings.Mode.class)
    void everyPolicyRunsAndPlansTheMemoryThatItTakes(AttentionSettings.Mode mode) {
        AttentionSettings attention =
                AttentionSettings.builder()
                        .mode(mode)
                        .density(0.9)
                        .denseSteps(new Amount.Count(1))
                        .denseLayers(new Amount.Count(1))
                        .sampledRows(16)
                        .build();
        Request request = request(attention);
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), far)) {
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            try (Result result = pipeline.generate(request, plan, SILENT)) {
                Report report = result.report();
                assertThat(report.steps()).hasSize(5);
                assertThat(far.memory().peak()).isEqualTo(plan.peakBytes());
                assertThat(plan.tokens().branches()).isEqualTo(2);
            }
        }
    }

    @Test
    void defaultsAreThoseOfDiffusersPipeline() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            Request r = Request.of("a", pipeline.defaults());
            assertThat(Arrays.asList(r.width(), r.height(), r.frames(), r.steps()))
                    .containsExactly(1280, 704, 121, 36);
            assertThat(r.guidance()).isEqualTo(7);
            assertThat(r.fps()).isEqualTo(30);
        }
    }

    /** Frames a second are told the model. */
    @Test
    void fasterFramesAreOtherFrames() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            Request slow = request(DENSE).toBuilder().fps(12).build();
            assertThat(latents(pipeline, slow)).isNotEqualTo(latents(pipeline, request(DENSE)));
        }
    }

    @Test
    void guidanceOfOneTakesThePromptsBranchAlone() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            Request one = request(DENSE).toBuilder().guidance(1).build();
            assertThat(pipeline.plan(one, Long.MAX_VALUE).tokens().branches()).isEqualTo(1);
            assertThat(pipeline.unused(one))
                    .contains(
                            "the negative prompt is not used: guidance of at most 1 turns it off");
        }
    }

    private static float[] latents(VideoPipeline pipeline, Request request) {
        try (Result result = pipeline.generate(request, SILENT)) {
            return result.latents().toFloats();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    transformer/config.json | "patch_size": [ | "patch_size": [1, | "patch_size": expected 1 and two equal
                    transformer/config.json | "out_channels": 8 | "out_channels": 16 | "out_channels": expected 8
                    transformer/config.json | "img_context_dim_in": null | "img_context_dim_in": 64 | "img_context_dim_in": expected null
                    transformer/config.json | "use_crossattn_projection": false | "use_crossattn_projection": true | expected false
                    transformer/config.json | "num_layers": 2 | "num_layers": 1 | transformer_blocks
                    transformer/config.json | "text_embed_dim": 32 | "text_embed_dim": 48 | "text_embed_dim": expected 32, as the text_encoder has it
                    transformer/config.json | "attention_head_dim": 32 | "attention_head_dim": 8 | "attention_head_dim": expected an even number
                    vae/config.json | "latent_channels": 8 | "latent_channels": 4 | "in_channels": expected 4, as the vae has it
                    vae/config.json | "patch_type": "haar" | "patch_type": "rearrange" | "patch_type": expected "haar"
                    vae/config.json | "patch_size": 4 | "patch_size": 3 | a power of 2
                    vae/config.json | "temporal_compression_ratio": 8 | "temporal_compression_ratio": 32 | ratios that patches of 4
                    vae/config.json | "resolution": 1024 | "resolution": 512 | "attention_resolutions": expected none
                    scheduler/scheduler_config.json | "sigma_schedule": "karras" | "sigma_schedule": "linear" | "sigma_schedule": expected "karras" or "exponential"
                    scheduler/scheduler_config.json | "sigma_min": 0.002 | "sigma_min": 90 | "sigma_min": expected less than sigma_max
                    model_index.json | EDMEulerScheduler | UniPCMultistepScheduler | EDMEulerScheduler
                    """)
    void whatDoesNotFitIsSaidInOneLine(
            String file, String part, String by, String message, @TempDir Path folder)
            throws IOException {
        ModelCopy.to(folder, TINY);
        ModelCopy.replace(folder.resolve(file), part, by);
        try (Backend backend = TestDevice.open()) {
            assertThatThrownBy(() -> Pipelines.open(folder, backend))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    40  | 32  | 9   | width 40: expected a multiple of 16; the nearest are 32 and 48
                    48  | 32  | 11  | frames 11: this model makes 1 + a multiple of 8 frames; the nearest are 9 and 17
                    48  | 32  | 65  | frames 65: this model knows 8 places along an axis, which is 57
                    144 | 32  | 9   | width 144: this model knows 8 places along an axis, which is 128
                    """)
    void namesTheNearestSizes(int width, int height, int frames, String message) {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(TINY), backend)) {
            Request request = request(DENSE).toBuilder().size(width, height).frames(frames).build();
            assertThatThrownBy(() -> pipeline.check(request))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }

    private static Request request(AttentionSettings attention) {
        JsonNode s = Goldens.json(TINY, "golden/pipeline.json");
        return Request.builder(
                        Defaults.of(
                                new VideoSize(
                                        s.get("width").asInt(),
                                        s.get("height").asInt(),
                                        s.get("num_frames").asInt(),
                                        s.get("fps").asInt()),
                                Sampling.of(
                                        s.get("num_inference_steps").asInt(),
                                        s.get("guidance_scale").asDouble()),
                                attention))
                .prompt(s.get("prompt").asString())
                .negativePrompt(s.get("negative_prompt").asString())
                .seed(s.get("seed").asLong())
                .build();
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
}
