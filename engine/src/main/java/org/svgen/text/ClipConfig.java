package org.svgen.text;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * The sizes of CLIP's text encoder.
 *
 * @param hidden width of the feed-forward layer
 * @param positions tokens of a text at most
 * @param quickGelu {@code x sigmoid(1.702 x)} in place of the exact GELU
 * @param endToken the token whose place holds the embedding of the whole text
 */
public record ClipConfig(
        int vocabulary,
        int width,
        int heads,
        int hidden,
        int layers,
        int positions,
        boolean quickGelu,
        float epsilon,
        int endToken) {
    /** What such a model calls itself. */
    public static final List<String> CLASSES =
            List.of("CLIPTextModel", "CLIPTextModelWithProjection");

    private static final int MAX_POSITIONS = 1 << 12;

    /** Reads the {@code config.json} of a {@code CLIPTextModel}. */
    public static ClipConfig read(Config config) {
        config.requireClass(CLASSES);
        int width = config.positive("hidden_size");
        int heads = config.positive("num_attention_heads");
        if (width % heads != 0) {
            throw config.wrong("num_attention_heads", "a divisor of hidden_size, " + width);
        }
        String activation = config.text("hidden_act", "quick_gelu");
        if (!activation.equals("quick_gelu") && !activation.equals("gelu")) {
            throw new BadInputException(
                    "%s: hidden_act: expected quick_gelu or gelu, found '%s'"
                            .formatted(config.file(), activation));
        }
        return new ClipConfig(
                config.positive("vocab_size", 49408),
                width,
                heads,
                config.positive("intermediate_size"),
                config.layers("num_hidden_layers"),
                config.intIn("max_position_embeddings", 1, MAX_POSITIONS, 77),
                activation.equals("quick_gelu"),
                (float) config.epsilon("layer_norm_eps", 1e-5),
                config.intIn("eos_token_id", 0, Config.MAX_SIZE, 49407));
    }
}
