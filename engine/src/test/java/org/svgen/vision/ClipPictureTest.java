package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Config;
import org.svgen.nn.ClipShape;
import org.svgen.nn.ClipShape.Gelu;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;

class ClipPictureTest {
    private static final ClipVisionConfig ENCODER =
            new ClipVisionConfig(new ClipShape(32, 2, 64, 3, Gelu.EXACT, 1e-5f), 28, 7);

    private static final String GOOD =
            """
            {"image_processor_type": "CLIPImageProcessor", "resample": 3, "do_resize": true,
             "size": {"shortest_edge": 28}, "crop_size": {"height": 28, "width": 28},
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25]}
            """;

    /** The resized bytes agree one by one: a single one that differs is an error of 0.015. */
    @ParameterizedTest
    @CsvSource({
        "wan-i2v-tiny,image.png,0",
        "wan-flf2v-tiny,image.png,0",
        "wan-flf2v-tiny,last_image.png,1",
        "hunyuanvideo-i2v-tiny,image.png,0"
    })
    void givesThePixelsOfTransformers(String model, String file, int index) throws IOException {
        Path folder = Goldens.folder(model);
        boolean llava = model.startsWith("hunyuan");
        ClipPicture picture =
                ClipPicture.read(
                        Config.read(folder.resolve("image_processor/preprocessor_config.json")),
                        llava ? new ClipVisionConfig(ENCODER.shape(), 48, 2) : ENCODER);
        String outputs =
                llava ? "golden/text_encoder.safetensors" : "golden/image_encoder.safetensors";
        GoldenTensor golden = Goldens.tensors(model, outputs).get("pixel_values");
        try (Arena arena = Arena.ofShared()) {
            Tensor image = image(arena, folder.resolve("golden").resolve(file));
            float[] actual = picture.pixels(arena, image).toFloats();
            float[] expected = golden.floats();
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i] - expected[index * actual.length + i])
                        .isBetween(-1e-6f, 1e-6f);
            }
        }
    }

    @Test
    void stretchesAPictureWhereHeightAndWidthAreSaid() {
        ClipPicture picture =
                read(GOOD.replace("{\"shortest_edge\": 28}", "{\"height\": 28, \"width\": 28}"));
        float[] halves = new float[28 * 56 * 3];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = i / 3 % 56 < 28 ? 0 : 1;
        }
        try (Arena arena = Arena.ofConfined()) {
            float[] pixels = picture.pixels(arena, Tensor.of(arena, halves, 28, 56, 3)).toFloats();
            assertThat(pixels[0]).isEqualTo(-2);
            assertThat(pixels[27]).isEqualTo(2);
        }
    }

    @Test
    void cutsOutTheMiddleOfATallPicture() {
        ClipPicture picture = read(GOOD);
        int height = 28 * 3;
        float[] rows = new float[height * 28 * 3];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / (28 * 3) / 255f;
        }
        try (Arena arena = Arena.ofConfined()) {
            Tensor pixels = picture.pixels(arena, Tensor.of(arena, rows, height, 28, 3));
            float first = pixels.toFloats()[0];
            assertThat(first).isEqualTo((float) ((28 / 255.0 - 0.5) / 0.25));
        }
    }

    @Test
    void knowsOldFilesThatSayLess() {
        ClipPicture old =
                read(
                        "{\"feature_extractor_type\": \"CLIPFeatureExtractor\", \"size\": 32, \"crop_size\": 28}");
        assertThat(old.edge()).isEqualTo(32);
        assertThat(old.crop()).isEqualTo(28);
        assertThat(old.colours().kernel()).isEqualTo(Kernel.BICUBIC);
        assertThat(old.colours().scale()).isEqualTo(1 / 255.0);
        assertThat(old.colours().mean().getFirst()).isEqualTo(0.48145466);
    }

    @Test
    void refusesOtherSteps() {
        refused(GOOD.replace("CLIPImageProcessor", "ViTImageProcessor"), "image_processor_type");
        refused(
                GOOD.replace("\"do_resize\": true", "\"do_resize\": false"),
                "\"do_resize\": expected true, found");
        refused(GOOD.replace(": 3,", ": 2,"), "\"resample\": expected 1 (Lanczos) or 3 (bicubic)");
        refused(
                GOOD.replace("{\"shortest_edge\": 28}", "{\"longest_edge\": 28}"),
                "\"size\": expected a shortest_edge, or height and width");
        refused(
                GOOD.replace("{\"shortest_edge\": 28}", "{\"height\": 28, \"width\": 30}"),
                "\"size\": expected a width like the height, 28");
        refused(GOOD.replace("\"shortest_edge\": 28", "\"shortest_edge\": 20"), "\"size\"");
        refused(
                GOOD.replace("28", "56"),
                "\"crop_size\": expected the image encoder's image_size, 28");
        refused(GOOD.replace("\"width\": 28", "\"width\": 14"), "\"crop_size\"");
        refused(GOOD.replace("[0.5, 0.5, 0.5]", "[0.5]"), "\"image_mean\": expected three numbers");
        refused(GOOD.replace("[0.25, 0.25, 0.25]", "[0.25, 0, 0.25]"), "\"image_std\"");
    }

    private static Tensor image(Arena arena, Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        float[] values = new float[image.getHeight() * image.getWidth() * 3];
        for (int i = 0; i < values.length; i++) {
            int rgb = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
            values[i] = (rgb >> 16 - 8 * (i % 3) & 0xFF) / 255f;
        }
        return Tensor.of(arena, values, image.getHeight(), image.getWidth(), 3);
    }

    private static ClipPicture read(String json) {
        return ClipPicture.read(
                Config.parse(
                        Path.of("preprocessor_config.json"), json.getBytes(StandardCharsets.UTF_8)),
                ENCODER);
    }

    private static void refused(String json, String reason) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("preprocessor_config.json: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
