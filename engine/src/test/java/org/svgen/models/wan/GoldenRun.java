package org.svgen.models.wan;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;

/**
 * A whole run of a pipeline of diffusers.
 *
 * @param model a golden
 * @param name of the run
 */
record GoldenRun(String model, String name) {
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();

    JsonNode settings() {
        return Goldens.json(model, "golden/%s.json".formatted(name));
    }

    /** From prompt, seed and the files of pictures. */
    Request request() {
        JsonNode s = settings();
        RequestBuilder request =
                Request.builder(
                                Defaults.of(
                                        new VideoSize(
                                                s.get("width").asInt(),
                                                s.get("height").asInt(),
                                                s.get("num_frames").asInt(),
                                                16),
                                        Sampling.of(
                                                s.get("num_inference_steps").asInt(),
                                                s.get("guidance_scale").asDouble()),
                                        DENSE))
                        .prompt(s.get("prompt").asString())
                        .negativePrompt(s.get("negative_prompt").asString())
                        .image(picture(s.get("image")))
                        .lastImage(picture(s.get("last_image")))
                        .seed(s.get("seed").asLong());
        JsonNode second = s.get("guidance_scale_2");
        return second == null
                ? request.build()
                : request.set(WanFamily.GUIDANCE_2, OptionalDouble.of(second.asDouble())).build();
    }

    private @Nullable Tensor picture(@Nullable JsonNode file) {
        return file == null
                ? null
                : picture(Goldens.folder(model).resolve("golden/" + file.asString()));
    }

    private static Tensor picture(Path file) {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
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

    private Map<String, GoldenTensor> tensors() {
        return Goldens.tensors(model, "golden/%s.safetensors".formatted(name));
    }

    /** Behind each step, before a given frame is put back. */
    List<float[]> latents() {
        Map<String, GoldenTensor> all = tensors();
        return IntStream.range(0, settings().get("num_inference_steps").asInt())
                .mapToObj(i -> Objects.requireNonNull(all.get("latents_step_" + i)).floats())
                .toList();
    }

    GoldenTensor finalLatents() {
        return Objects.requireNonNull(tensors().get("final_latents"));
    }

    /** [F, H, W, 3]; none for runs that end with latents. */
    float @Nullable [] video() {
        GoldenTensor video = tensors().get("video"); // [1, F, 3, H, W]
        if (video == null) {
            return null;
        }
        float[] in = video.floats();
        int plane = video.shape().size(3) * video.shape().size(4);
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
            int frame = i / (3 * plane);
            out[(frame * plane + i % plane) * 3 + i / plane % 3] = in[i];
        }
        return out;
    }

    @Override
    public String toString() {
        return model + " " + name;
    }
}
