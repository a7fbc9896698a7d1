package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
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
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** From a picture, a prompt and a seed to latents and frames, against diffusers' pipeline. */
class HunyuanImageGoldenTest {
    private static final String REPLACED = "hunyuanvideo-i2v-tiny";
    private static final String BESIDE = "hunyuanvideo-i2v-33ch-tiny";
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();

    /** With a picture beside the latents, diffusers makes four frames that it leaves out. */
    @ParameterizedTest
    @CsvSource({REPLACED + ",0", BESIDE + ",4"})
    void aPictureAPromptAndASeedGiveTheLatentsAndFramesOfDiffusers(String folder, int leftOut)
            throws IOException {
        Map<String, GoldenTensor> golden = Goldens.tensors(folder, "golden/pipeline.safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(folder), backend, DType.F32)) {
            assertThat(pipeline.pictures()).isEqualTo(Pictures.FIRST);
            Request request = request(folder, leftOut, image(folder, arena));
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
            long planned = pipeline.plan(request, Long.MAX_VALUE).peakBytes();
            try (Result result = pipeline.generate(request, listener)) {
                float[] latents = result.latents().toFloats();
                float[] expected = golden.get("latents_step_3").floats();
                assertThat(Errors.relative(latents, expected)).isLessThan(1e-3);
                // The last step leaves what the model takes for the clean sample.
                assertThat(Errors.relative(previews.getFirst(), expected)).isLessThan(1e-3);
                float[] video = Objects.requireNonNull(golden.get("video")).floats();
                Clip clip = result.clip();
                assertThat(clip.count()).isEqualTo(request.frames());
                assertThat(Errors.relative(clip.frames().toFloats(), channelsLast(video, clip)))
                        .as("frames")
                        .isLessThan(1e-3);
                assertThat(result.report().peakBytes()).isEqualTo(planned);
            }
            assertThat(backend.memory().live()).as("bytes left behind").isZero();
        }
    }

    /** Beside a negative prompt Llava sees black, and more of it than of a frame's replacement. */
    @Test
    void aSecondPassSteersAwayFromTheNegativePromptAsInDiffusers() throws IOException {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(BESIDE, "golden/pipeline_true_cfg.safetensors");
        JsonNode s = Goldens.json(BESIDE, "golden/pipeline_true_cfg.json");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder(BESIDE), backend, DType.F32)) {
            Request request =
                    request(BESIDE, 4, image(BESIDE, arena)).toBuilder()
                            .negativePrompt(s.get("negative_prompt").asString())
                            .set(HunyuanFamily.TRUE_GUIDANCE, s.get("true_cfg_scale").asDouble())
                            .build();
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            assertThat(plan.tokens().branches()).isEqualTo(2);
            assertThat(pipeline.unused(request)).isEmpty();
            try (Result result = pipeline.generate(request, new StepListener() {})) {
                float[] expected = golden.get("latents_step_3").floats();
                assertThat(Errors.relative(result.latents().toFloats(), expected)).isLessThan(1e-3);
                assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACED, BESIDE})
    void everyPolicyRunsBesideAPicture(String folder) throws IOException {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            Tensor image = image(folder, arena);
            for (AttentionSettings.Mode mode : AttentionSettings.Mode.values()) {
                AttentionSettings attention =
                        AttentionSettings.builder().mode(mode).sampledRows(16).build();
                Request request =
                        request(folder, 0, image).toBuilder()
                                .negativePrompt("blurry")
                                .set(HunyuanFamily.TRUE_GUIDANCE, 2.0)
                                .attention(attention)
                                .build();
                try (Result result = pipeline.generate(request, new StepListener() {})) {
                    assertThat(result.report().steps()).as(mode.name()).hasSize(4);
                }
            }
        }
    }

    @Test
    void aRequestWithoutAPictureIsRefused() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(REPLACED), backend)) {
            Request request = Request.of("a boat", pipeline.defaults());
            assertThatThrownBy(() -> pipeline.check(request))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("image is missing: this model starts from a picture");
        }
    }

    @Test
    void framesThatNobodySeesAreNoneOfTheRequests() {
        try (Backend backend = TestDevice.open();
                VideoPipeline replaced = Pipelines.open(Goldens.folder(REPLACED), backend);
                VideoPipeline beside = Pipelines.open(Goldens.folder(BESIDE), backend)) {
            assertThat(replaced.defaults().video().frames()).isEqualTo(129);
            assertThat(beside.defaults().video().frames()).isEqualTo(125);
            assertThat(replaced.defaults().sampling().guidance()).isEqualTo(6);
            assertThat(beside.defaults().sampling().guidance()).isEqualTo(1);
        }
    }

    private static Request request(String folder, int leftOut, Tensor image) {
        JsonNode s = Goldens.json(folder, "golden/pipeline.json");
        return Request.builder(
                        Defaults.of(
                                new VideoSize(
                                        s.get("width").asInt(),
                                        s.get("height").asInt(),
                                        s.get("num_frames").asInt() - leftOut,
                                        24),
                                Sampling.of(
                                        s.get("num_inference_steps").asInt(),
                                        s.get("guidance_scale").asDouble()),
                                DENSE))
                .prompt(s.get("prompt").asString())
                .image(image)
                .seed(s.get("seed").asLong())
                .build();
    }

    private static Tensor image(String folder, Arena arena) throws IOException {
        BufferedImage image =
                ImageIO.read(Goldens.folder(folder).resolve("golden/image.png").toFile());
        float[] values = new float[image.getHeight() * image.getWidth() * 3];
        for (int i = 0; i < values.length; i++) {
            int rgb = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
            values[i] = (rgb >> 16 - 8 * (i % 3) & 0xFF) / 255f;
        }
        return Tensor.of(arena, values, image.getHeight(), image.getWidth(), 3);
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
