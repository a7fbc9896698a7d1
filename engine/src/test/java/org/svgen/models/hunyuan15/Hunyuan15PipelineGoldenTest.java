package org.svgen.models.hunyuan15;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Config;
import org.svgen.models.ModelCopy;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CacheSettings;
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
import tools.jackson.databind.ObjectMapper;

/** The whole way from a prompt, a picture and a seed to latents and frames, against diffusers. */
class Hunyuan15PipelineGoldenTest {
    private static final String T2V = "hunyuanvideo15-t2v-tiny";
    private static final String I2V = "hunyuanvideo15-i2v-tiny";
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();
    private static final StepListener SILENT = new StepListener() {};

    @ParameterizedTest
    @CsvSource({T2V + ", pipeline", T2V + ", pipeline_no_glyphs", I2V + ", pipeline"})
    void promptPictureAndSeedAloneGiveTheLatentsAndFramesOfDiffusers(String model, String run) {
        requireGolden(model, run, DType.F32, 1e-3);
    }

    @ParameterizedTest
    @CsvSource({T2V + ", pipeline", T2V + ", pipeline_no_glyphs", I2V + ", pipeline"})
    void theDevicesFasterTypeGivesNearlyTheSame(String model, String run) {
        DType activation;
        try (Backend backend = TestDevice.open()) {
            activation = backend.activation();
        }
        assumeTrue(activation != DType.F32, "this device computes in f32");
        requireGolden(model, run, activation, 3e-2);
    }

    private static void requireGolden(
            String model, String run, DType activation, double tolerance) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(model, "golden/%s.safetensors".formatted(run));
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(model), backend, activation)) {
            try (Result result = pipeline.generate(request(model, run, DENSE), SILENT)) {
                GoldenTensor latents = Objects.requireNonNull(golden.get("final_latents"));
                assertThat(result.latents().shape()).isEqualTo(latents.shape());
                assertThat(Errors.relative(result.latents().toFloats(), latents.floats()))
                        .as("final latents")
                        .isLessThan(tolerance);
                GoldenTensor video = golden.get("video");
                if (video != null) {
                    Clip clip = result.clip();
                    assertThat(
                                    Errors.relative(
                                            clip.frames().toFloats(),
                                            channelsLast(video.floats(), clip)))
                            .as("frames")
                            .isLessThan(tolerance);
                }
            }
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
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
        Request request = request(I2V, "pipeline", attention);
        try (FarBackend far = new FarBackend(1L << 30);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(I2V), far)) {
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            try (Result result = pipeline.generate(request, plan, SILENT)) {
                Report report = result.report();
                assertThat(report.steps()).hasSize(4);
                assertThat(far.memory().peak()).isEqualTo(plan.peakBytes());
                assertThat(plan.tokens().text()).isEqualTo(54 + 37 + 16);
                assertThat(plan.tokens().branches()).isEqualTo(2);
            }
        }
    }

    @Test
    void defaultsAreThoseOfTheFolderAndOfDiffusers() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(T2V), backend)) {
            Request r = Request.of("a", pipeline.defaults());
            assertThat(Arrays.asList(r.frames(), r.steps())).containsExactly(121, 50);
            assertThat(r.guidance()).isEqualTo(6);
            pipeline.check(r);
        }
        assertThat(Hunyuan15Sizes.landscape(640, 16)).isEqualTo(new VideoSize(848, 480, 121, 24));
        assertThat(Hunyuan15Sizes.landscape(960, 16)).isEqualTo(new VideoSize(1280, 720, 121, 24));
    }

    @Test
    void teaCacheIsForTheModelsThatItWasFittedTo() {
        Map<String, Object> real = new HashMap<>();
        real.put("_class_name", "HunyuanVideo15Transformer3DModel");
        real.put("target_size", 960);
        assertThat(curve(real)).contains(TeaCurve.HUNYUAN_15_I2V_720);
        real.put("task_type", "t2v");
        assertThat(curve(real)).contains(TeaCurve.HUNYUAN_15_T2V_720);
        real.put("target_size", 640);
        assertThat(curve(real)).isEmpty();
        real.put("target_size", 960);
        real.put("use_meanflow", true);
        assertThat(curve(real)).isEmpty();
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(T2V), backend)) {
            Request tea =
                    request(T2V, "pipeline", DENSE).toBuilder()
                            .cache(CacheSettings.of(CacheSettings.Kind.TEA))
                            .build();
            assertThatThrownBy(() -> pipeline.check(tea))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("expected a cache that this model has")
                    .hasMessageContaining("HunyuanVideo-1.5-720p-T2V")
                    .hasMessageNotContaining("\n");
        }
    }

    private static Optional<TeaCurve> curve(Map<String, Object> config) {
        byte[] json = new ObjectMapper().writeValueAsBytes(config);
        return Hunyuan15Model.curve(Hunyuan15Config.read(Config.parse(Path.of("a"), json)));
    }

    @Test
    void aPictureOfAnotherShapeIsCutAndThatIsSaid() {
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(I2V), backend);
                Result _ = pipeline.generate(request(I2V, "pipeline", DENSE), listener)) {
            assertThat(notes)
                    .contains(
                            "the image, 90 x 70, is cut to the shape of the video's 64 x 64: 22 % of it are left out");
        }
    }

    @Test
    void guidanceOfOneTakesThePromptsBranchAlone() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(T2V), backend)) {
            Request one = request(T2V, "pipeline", DENSE).toBuilder().guidance(1).build();
            assertThat(pipeline.plan(one, Long.MAX_VALUE).tokens().branches()).isEqualTo(1);
            assertThat(pipeline.unused(one))
                    .containsExactly("the negative prompt is not used: guidance of 1 turns it off");
        }
    }

    /** Momentum is carried from step to step, and what is not known is said in one line. */
    @Test
    void theFoldersGuiderJoinsTheBranches(@TempDir Path folder) throws IOException {
        ModelCopy.to(folder, T2V);
        Path guider = folder.resolve("guider/guider_config.json");
        try (Backend backend = TestDevice.open()) {
            float[] plain = latents(folder, backend);
            String projected = "AdaptiveProjectedGuidance";
            ModelCopy.replace(
                    folder.resolve("model_index.json"), "ClassifierFreeGuidance", projected);
            ModelCopy.replace(
                    guider,
                    "\"ClassifierFreeGuidance\"",
                    "\"%s\", \"eta\": 1, \"adaptive_projected_guidance_rescale\": 0"
                            .formatted(projected));
            assertThat(Errors.relative(latents(folder, backend), plain)).isLessThan(1e-5);
            ModelCopy.replace(
                    guider,
                    "\"eta\": 1",
                    "\"eta\": 1, \"adaptive_projected_guidance_momentum\": -0.5");
            assertThat(Errors.relative(latents(folder, backend), plain)).isGreaterThan(1e-3);
            ModelCopy.replace(folder.resolve("model_index.json"), projected, "SkipLayerGuidance");
            assertThatThrownBy(() -> latents(folder, backend))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("model_index.json")
                    .hasMessageContaining("SkipLayerGuidance");
        }
    }

    private static float[] latents(Path folder, Backend backend) {
        try (VideoPipeline pipeline = Pipelines.open(folder, backend, DType.F32);
                Result result = pipeline.generate(request(T2V, "pipeline", DENSE), SILENT)) {
            return result.latents().toFloats();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    transformer/config.json | "task_type": "t2v" | "task_type": "i2v" | "task_type": expected "t2v"
                    transformer/config.json | "in_channels": 17 | "in_channels": 16 | "in_channels": expected 17
                    transformer/config.json | "patch_size": 1 | "patch_size": 2 | "patch_size": expected 1
                    transformer/config.json | "num_layers": 2 | "num_layers": 1 | transformer_blocks
                    transformer/config.json | "text_embed_2_dim": 32 | "text_embed_2_dim": 48 | text_embed_2_dim is 48
                    vae/config.json | "latent_channels": 8 | "latent_channels": 4 | "out_channels": expected 4
                    vae/config.json | "spatial_compression_ratio": 16 | "spatial_compression_ratio": 12 | a power of 2
                    """)
    void whatDoesNotFitIsSaidInOneLine(
            String file, String part, String by, String message, @TempDir Path folder)
            throws IOException {
        ModelCopy.to(folder, T2V);
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
                    40 | 32 | 9  | width 40: expected a multiple of 16; the nearest are 32 and 48
                    48 | 32 | 11 | frames 11: this model makes 1 + a multiple of 4 frames; the nearest are 9 and 13
                    """)
    void namesTheNearestSizes(int width, int height, int frames, String message) {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(T2V), backend)) {
            assertThatThrownBy(() ->
                            pipeline.check(
                                    request(T2V, "pipeline", DENSE).toBuilder()
                                            .size(width, height)
                                            .frames(frames)
                                            .build()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }

    private static Request request(String model, String run, AttentionSettings attention) {
        JsonNode s = Goldens.json(model, "golden/%s.json".formatted(run));
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
                .negativePrompt(s.get("negative_prompt").asString())
                .image(picture(model, s.get("image")))
                .seed(s.get("seed").asLong())
                .build();
    }

    private static @Nullable Tensor picture(String model, @Nullable JsonNode file) {
        if (file == null) {
            return null;
        }
        Path path = Goldens.folder(model).resolve("golden/" + file.asString());
        try {
            BufferedImage image = ImageIO.read(path.toFile());
            int w = image.getWidth();
            float[] values = new float[3 * w * image.getHeight()];
            for (int i = 0; i < values.length; i++) {
                int rgb = image.getRGB(i / 3 % w, i / 3 / w);
                values[i] = (rgb >> 8 * (2 - i % 3) & 255) / 255f;
            }
            return Tensor.of(Arena.ofAuto(), values, image.getHeight(), w, 3);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
}
