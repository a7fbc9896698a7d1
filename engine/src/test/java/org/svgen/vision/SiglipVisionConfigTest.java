package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Config;
import org.svgen.nn.ClipShape;
import org.svgen.nn.ClipShape.Gelu;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

class SiglipVisionConfigTest {
    private static final String GOOD =
            """
            {"architectures": ["SiglipVisionModel"], "hidden_size": 1152, "num_attention_heads": 16,
             "intermediate_size": 4304, "num_hidden_layers": 27, "image_size": 384,
             "patch_size": 14, "num_channels": 3}
            """;
    private static final String PICTURE =
            """
            {"image_processor_type": "SiglipImageProcessor", "resample": 3,
             "size": {"height": 384, "width": 384}}
            """;

    @Test
    void readsTheEncoderOfHunyuanVideo15() {
        SiglipVisionConfig config = config(GOOD);
        assertThat(config)
                .isEqualTo(
                        new SiglipVisionConfig(
                                new ClipShape(1152, 16, 4304, 27, Gelu.TANH, 1e-6f), 384, 14));
        assertThat(config.tokens()).isEqualTo(729);
        assertThat(config.side()).isEqualTo(378);
    }

    @Test
    void leavesOutWhatNoPatchCovers() {
        SiglipPicture picture = picture(PICTURE);
        float[] rows = new float[384 * 384 * 3];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / 3 % 384 / 3 / 255f;
        }
        try (Arena arena = Arena.ofConfined()) {
            Tensor pixels = picture.pixels(arena, Tensor.of(arena, rows, 384, 384, 3));
            assertThat(pixels.shape().dims()).containsExactly(3, 378, 378);
            float[] values = pixels.toFloats();
            assertThat(values[0]).isEqualTo(-1);
            assertThat(values[377]).isCloseTo(377 / 3 / 127.5f - 1, within(1e-6f));
            assertThat(values[values.length - 1]).isEqualTo(values[377]);
        }
    }

    @Test
    void refusesWhatItCannotBuild() {
        refused(() -> config(GOOD.replace("Siglip", "Siglip2")), "unknown class");
        refused(() -> config(GOOD.replace(": 16", ": 15")), "\"num_attention_heads\"");
        refused(() -> config(GOOD.replace(": 14", ": 385")), "\"patch_size\": expected at most");
        refused(() -> config(GOOD.replace(": 3}", ": 4}")), "\"num_channels\"");
        refused(
                () -> picture(PICTURE.replace("Siglip", "CLIP")),
                "\"image_processor_type\": expected SiglipImageProcessor");
        refused(
                () -> picture(PICTURE.replace("\"width\": 384", "\"width\": 224")),
                "\"size\": expected the image encoder's image_size, 384 x 384");
    }

    private static SiglipVisionConfig config(String json) {
        return SiglipVisionConfig.read(parse("config.json", json));
    }

    private static SiglipPicture picture(String json) {
        return SiglipPicture.read(parse("preprocessor_config.json", json), config(GOOD));
    }

    private static Config parse(String name, String json) {
        return Config.parse(Path.of(name), json.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(ThrowingCallable read, String reason) {
        assertThatThrownBy(read)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("config.json: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
