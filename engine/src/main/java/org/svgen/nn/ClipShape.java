package org.svgen.nn;

import org.svgen.checkpoint.Config;

/**
 * The sizes of CLIP's blocks, which its text and its vision encoder share, and SigLIP's.
 *
 * @param hidden width of the feed-forward layer
 * @param gelu form of the activation within the feed-forward layer
 */
public record ClipShape(int width, int heads, int hidden, int layers, Gelu gelu, float epsilon) {
    /** Forms of the GELU. */
    public enum Gelu {
        /** {@code x sigmoid(1.702 x)} */
        QUICK("quick_gelu"),
        /** With the error function. */
        EXACT("gelu"),
        /** With a hyperbolic tangent. */
        TANH("gelu_pytorch_tanh");

        private final String name;

        Gelu(String name) {
            this.name = name;
        }
    }

    /** Reads what a {@code CLIPTextConfig} and a {@code CLIPVisionConfig} have in common. */
    public static ClipShape read(Config config) {
        return read(config, Gelu.QUICK, 1e-5);
    }

    /** Reads the blocks of a {@code SiglipVisionConfig}. */
    public static ClipShape readSiglip(Config config) {
        return read(config, Gelu.TANH, 1e-6);
    }

    private static ClipShape read(Config config, Gelu gelu, double epsilon) {
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
                gelu(config, gelu),
                (float) config.epsilon("layer_norm_eps", epsilon));
    }

    private static Gelu gelu(Config config, Gelu absent) {
        String name = config.text("hidden_act", absent.name);
        for (Gelu gelu : Gelu.values()) {
            if (gelu.name.equals(name)) {
                return gelu;
            }
        }
        throw config.wrong("hidden_act", "quick_gelu, gelu or gelu_pytorch_tanh");
    }
}
