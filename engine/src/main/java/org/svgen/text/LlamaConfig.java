package org.svgen.text;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;

/**
 * The sizes of a language model built as Llama is: Llama, and the text part of Qwen2.5-VL, whose
 * rotary positions of time, row and column are the same three times for text.
 *
 * @param keyHeads heads of keys and values; each serves {@code heads / keyHeads} heads of queries
 * @param hidden width of the feed-forward layer
 * @param theta base of the rotary frequencies
 * @param attentionBias whether queries, keys and values have biases
 * @param outputBias whether what attention gives is projected with a bias; Qwen has none there
 * @param paired whether elements of a head that are rotated together are neighbours in the rows of
 *     queries and keys, as in files of llama.cpp, or half a head apart, as in transformers
 */
public record LlamaConfig(
        int vocabulary,
        int width,
        int heads,
        int keyHeads,
        int headDim,
        int hidden,
        int layers,
        float epsilon,
        double theta,
        boolean attentionBias,
        boolean outputBias,
        boolean feedForwardBias,
        boolean paired) {
    /** The key of {@code paired}, which no file of transformers has. */
    static final String PAIRED = "rotary_pairs_are_neighbours";

    /** What such a model calls itself. */
    public static final List<String> CLASSES = List.of("LlamaModel", "LlamaForCausalLM");

    /** What the text part of Qwen2.5-VL calls itself. */
    public static final List<String> QWEN_CLASSES = List.of("Qwen2_5_VLTextModel");

    /** What {@code LlamaConfig} of transformers says where nobody else does. */
    private static final Map<String, Integer> USUAL =
            Map.of(
                    "vocab_size", 32_000,
                    "hidden_size", 4096,
                    "intermediate_size", 11_008,
                    "num_hidden_layers", 32,
                    "num_attention_heads", 32);

    private static final String FULL = "full_attention";

    /** Reads the {@code config.json} of a {@code LlamaModel}. */
    public static LlamaConfig read(Config config) {
        config.requireClass(CLASSES);
        boolean biased = config.flag("attention_bias", false);
        return read(config, 10_000, biased, biased);
    }

    /** Reads the {@code text_config} of a larger model, which says what is unusual for Llama. */
    static LlamaConfig readPart(Config part) {
        Config whole = part.withAbsent(USUAL);
        boolean biased = whole.flag("attention_bias", false);
        return read(whole, 10_000, biased, biased);
    }

    /**
     * Reads the {@code config.json} of a {@code Qwen2_5_VLTextModel}.
     *
     * @throws org.svgen.tensor.BadInputException also if a layer attends to a window alone
     */
    public static LlamaConfig readQwen(Config config) {
        config.requireClass(QWEN_CLASSES);
        if (config.flag("use_sliding_window", false)) {
            throw config.wrong("use_sliding_window", "false");
        }
        if (config.has("layer_types")
                && config.texts("layer_types").stream().anyMatch(type -> !type.equals(FULL))) {
            throw config.wrong("layer_types", "\"" + FULL + "\" of each layer");
        }
        return read(config, 1e6, true, false);
    }

    private static LlamaConfig read(
            Config config, double theta, boolean attentionBias, boolean outputBias) {
        int width = config.positive("hidden_size");
        int heads = config.positive("num_attention_heads");
        int keyHeads = config.positive("num_key_value_heads", heads);
        int headDim = config.positive("head_dim", Math.max(1, width / heads));
        config.requireWidth("num_attention_heads", heads, headDim);
        if (heads % keyHeads != 0) {
            throw config.wrong("num_key_value_heads", "a divisor of num_attention_heads, " + heads);
        }
        if (headDim % 2 != 0) {
            throw config.wrong("head_dim", "an even number");
        }
        if (!config.text("hidden_act", "silu").equals("silu")) {
            throw config.wrong("hidden_act", "\"silu\"");
        }
        return new LlamaConfig(
                config.positive("vocab_size"),
                width,
                heads,
                keyHeads,
                headDim,
                config.positive("intermediate_size"),
                config.layers("num_hidden_layers"),
                (float) config.epsilon("rms_norm_eps", 1e-6),
                theta(config, theta),
                attentionBias,
                outputBias,
                config.flag("mlp_bias", false),
                config.flag(PAIRED, false));
    }

    /** Transformers 5 moved it into {@code rope_parameters}. */
    private static double theta(Config config, double usual) {
        double absent = config.numberIn("rope_theta", 1, Config.MAX_THETA, usual);
        for (String key : new String[] {"rope_parameters", "rope_scaling"}) {
            if (config.has(key)) {
                Config rope = config.section(key).orElseThrow();
                if (!rope.text("rope_type", "default").equals("default")) {
                    throw rope.wrong("rope_type", "\"default\"");
                }
                absent = rope.numberIn("rope_theta", 1, Config.MAX_THETA, absent);
            }
        }
        return absent;
    }
}
