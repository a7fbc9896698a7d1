package org.svgen.text;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.vision.ClipVisionConfig;

/**
 * The sizes of a Llava: a Llama that sees a picture through CLIP.
 *
 * @param imageToken stands for the picture in a text
 */
public record LlavaConfig(LlamaConfig text, ClipVisionConfig vision, int imageToken) {
    /** What such a model calls itself. */
    public static final List<String> CLASSES = List.of("LlavaForConditionalGeneration");

    /**
     * Reads the {@code config.json} of a {@code LlavaForConditionalGeneration}.
     *
     * @throws org.svgen.tensor.BadInputException also if it sees by other layers than CLIP's last
     *     but one, or sees the token for the whole picture, too
     */
    public static LlavaConfig read(Config config) {
        config.requireClass(CLASSES);
        if (!config.has("text_config")) {
            throw config.wrong("text_config", "an object");
        }
        if (!config.has("vision_config")) {
            throw config.wrong("vision_config", "an object");
        }
        config.intIn("vision_feature_layer", -2, -2, -2);
        require(config, "vision_feature_select_strategy", "default");
        require(config, "projector_hidden_act", "gelu");
        if (!config.flag("multimodal_projector_bias", true)) {
            throw config.wrong("multimodal_projector_bias", "true");
        }
        LlamaConfig text = LlamaConfig.readPart(config.section("text_config").orElseThrow());
        return new LlavaConfig(
                text,
                ClipVisionConfig.readPart(config.section("vision_config").orElseThrow()),
                config.intIn("image_token_index", 0, text.vocabulary() - 1, 32_000));
    }

    private static void require(Config config, String key, String value) {
        if (!config.text(key, value).equals(value)) {
            throw config.wrong(key, "\"" + value + "\"");
        }
    }

    /** Tokens of a picture. */
    public int imageTokens() {
        return vision.tokens() - 1;
    }
}
