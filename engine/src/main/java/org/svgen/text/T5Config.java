package org.svgen.text;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.op.Activation;

/**
 * The sizes of a T5 encoder.
 *
 * @param width of the embeddings ({@code d_model})
 * @param headDim of a head's queries and keys ({@code d_kv}); heads x headDim may differ from width
 * @param hidden width of the feed-forward layer ({@code d_ff})
 * @param gated two projections into the feed-forward layer, one a gate
 * @param buckets kinds of distances between tokens that attention distinguishes
 * @param maxDistance tokens farther apart share the last bucket
 * @param biasInEveryBlock UMT5: every block has its own table of distances; T5: the first's serves
 *     all
 */
public record T5Config(
        int vocabulary,
        int width,
        int headDim,
        int hidden,
        int layers,
        int heads,
        Activation activation,
        boolean gated,
        int buckets,
        int maxDistance,
        float epsilon,
        boolean biasInEveryBlock) {
    /** What such a model calls itself. */
    public static final List<String> CLASSES =
            List.of(
                    "T5EncoderModel",
                    "T5ForConditionalGeneration",
                    "UMT5EncoderModel",
                    "UMT5ForConditionalGeneration");

    private static final int MAX_BUCKETS = 1 << 12;

    /** Reads the {@code config.json} of a {@code T5EncoderModel} or {@code UMT5EncoderModel}. */
    public static T5Config read(Config config) {
        String name = config.requireClass(CLASSES);
        String feedForward = config.text("feed_forward_proj", "relu");
        int buckets = config.intIn("relative_attention_num_buckets", 4, MAX_BUCKETS, 32);
        int maxDistance = config.positive("relative_attention_max_distance", 128);
        if (buckets % 4 != 0 || maxDistance <= buckets / 4) {
            throw config.wrong(
                    "relative_attention_num_buckets",
                    "a multiple of 4 below 4 x relative_attention_max_distance");
        }
        int heads = config.positive("num_heads");
        int headDim = config.positive("d_kv");
        config.requireWidth("num_heads", heads, headDim);
        return new T5Config(
                config.positive("vocab_size"),
                config.positive("d_model"),
                headDim,
                config.positive("d_ff"),
                config.layers("num_layers"),
                heads,
                activation(config, feedForward),
                feedForward.startsWith("gated-"),
                buckets,
                maxDistance,
                (float) config.epsilon("layer_norm_epsilon", 1e-6),
                name.startsWith("UMT5"));
    }

    private static Activation activation(Config config, String feedForward) {
        return switch (feedForward) {
            case "relu", "gated-relu" -> Activation.RELU;
            // "gated-gelu" has always meant the tanh form.
            case "gated-gelu", "gelu_new", "gated-gelu_new" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU;
            case "silu", "gated-silu" -> Activation.SILU;
            default ->
                    throw config.wrong(
                            "feed_forward_proj", "relu, gelu, gelu_new or silu, or gated-...");
        };
    }
}
