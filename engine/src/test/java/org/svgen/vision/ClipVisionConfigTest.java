package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Config;
import org.svgen.nn.ClipShape;
import org.svgen.nn.ClipShape.Gelu;
import org.svgen.tensor.BadInputException;

class ClipVisionConfigTest {
    private static final String GOOD =
            """
            {"architectures": ["CLIPVisionModel"], "hidden_size": 1280, "num_attention_heads": 16,
             "intermediate_size": 5120, "num_hidden_layers": 32, "hidden_act": "gelu",
             "image_size": 224, "patch_size": 14, "num_channels": 3, "layer_norm_eps": 1e-05}
            """;

    @Test
    void readsTheEncoderOfWan() {
        ClipVisionConfig config = read(GOOD);
        assertThat(config)
                .isEqualTo(
                        new ClipVisionConfig(
                                new ClipShape(1280, 16, 5120, 32, Gelu.EXACT, 1e-5f), 224, 14));
        assertThat(config.tokens()).isEqualTo(257);
    }

    @Test
    void refusesWhatItCannotBuild() {
        refused(GOOD.replace("CLIPVisionModel", "CLIPTextModel"), "unknown class");
        refused(
                GOOD.replace("\"gelu\"", "\"relu\""),
                "\"hidden_act\": expected quick_gelu, gelu or gelu_pytorch_tanh");
        refused(GOOD.replace(": 16", ": 15"), "\"num_attention_heads\": expected a divisor");
        refused(GOOD.replace(": 14", ": 15"), "\"patch_size\": expected a divisor of image_size");
        refused(GOOD.replace(": 3,", ": 4,"), "\"num_channels\"");
        refused(GOOD.replace("1e-05", "\"x\""), "\"layer_norm_eps\"");
    }

    private static ClipVisionConfig read(String json) {
        return ClipVisionConfig.read(
                Config.parse(Path.of("config.json"), json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void refused(String json, String reason) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
