package org.svgen.nn;

import org.svgen.checkpoint.Config;

/**
 * The sizes of CLIP's blocks, which its text and its vision encoder share.
 *
 * @param hidden width of the feed-forward layer
 * @param quickGelu {@code x sigmoid(1.702 x)} in place of the exact GELU
 */
public record ClipShape(
        int width, int heads, int hidden, int layers, boolean quickGelu, float epsilon) {

    /** Reads what a {@code CLIPTextConfig} and a {@code CLIPVisionConfig} have in common. */
    public static ClipShape read(Config config) {
        int width = config.positive("hidden_size");
        int heads = config.positive("num_attention_heads");
        if (width % heads != 0) {
            throw config.wrong("num_attention_heads", "a divisor of hidden_size, " + width);
        }
        return new ClipShape(
                width,
                heads,
                config.positive("intermediate_size"),
                config.layers("num_hidden_layers"),
                quickGelu(config),
                (float) config.epsilon("layer_norm_eps", 1e-5));
    }

    private static boolean quickGelu(Config config) {
        return switch (config.text("hidden_act", "quick_gelu")) {
            case "quick_gelu" -> true;
            case "gelu" -> false;
            default -> throw config.wrong("hidden_act", "quick_gelu or gelu");
        };
    }
}
