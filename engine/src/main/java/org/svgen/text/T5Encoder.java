package org.svgen.text;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/**
 * The encoder of T5 and UMT5, as transformers' {@code T5EncoderModel}.
 *
 * @param activation type of what is multiplied by weights; what blocks add up is F32 always
 * @param embedding [vocabulary, width]
 */
public record T5Encoder(
        T5Config config,
        DType activation,
        Weight embedding,
        List<T5Block> blocks,
        Tensor finalNorm) {

    /**
     * Loads an encoder.
     *
     * @param activation type of what is multiplied by weights: F32, or BF16 for weights of that
     *     type on a device that is fast with it
     * @throws BadInputException if a weight is missing or has another shape than {@code config}
     *     says
     */
    public static T5Encoder load(T5Config config, WeightSource weights, DType activation) {
        String table =
                weights.has("shared.weight") ? "shared.weight" : "encoder.embed_tokens.weight";
        Weight embedding = weights.weight(table, config.vocabulary(), config.width());
        WeightSource encoder = weights.at("encoder");
        encoder.blocksEnd("block", config.layers());
        List<T5Block> blocks =
                encoder.layers(
                        config.layers(),
                        i ->
                                T5Block.load(
                                        config,
                                        encoder.at("block." + i),
                                        i == 0 || config.biasInEveryBlock()));
        Tensor norm = encoder.tensor("final_layer_norm.weight", config.width());
        return new T5Encoder(config, activation, embedding, blocks, norm);
    }

    /**
     * Embeds a text.
     *
     * @param ids N tokens, padding included
     * @param attended how many of them may be attended to: N, or fewer to mask padding at the end
     * @param out [N, width]
     */
    public void encode(Workspace ws, int[] ids, int attended, Tensor out) {
        TokenIds.check(ids, attended, config.vocabulary());
        Ops ops = ws.ops();
        int n = ids.length;
        RelativePositions positions = new RelativePositions(config.buckets(), config.maxDistance());
        try (var _ = ws.scope();
                Arena arena = Arena.ofConfined()) {
            Tensor x = ws.allocate(DType.F32, n, config.width());
            ops.embedding(ws.copyOf(Tensor.of(arena, ids, n)), embedding, x);
            int[] all = positions.pairs(n, attended);
            Tensor pairs = ws.copyOf(Tensor.of(arena, all, all.length));
            Tensor bias = ws.allocate(DType.F32, config.heads(), n, n);
            for (T5Block block : blocks) {
                if (block.distances() != null) {
                    positions.bias(ws, block.distances(), pairs, bias);
                }
                block.apply(ws, config, activation, x, bias);
            }
            ops.rmsNorm(x, finalNorm, config.epsilon(), out);
        }
    }

    /**
     * Embeds what of a text is no padding. Nothing is computed for padding, which the text's own
     * tokens would not attend to.
     *
     * @param out [N, width]; rows of padding become 0
     */
    public void encodeUsed(Workspace ws, Tokens tokens, Tensor out) {
        int used = tokens.used();
        int n = out.size(0);
        encode(ws, Arrays.copyOf(tokens.ids(), used), used, out.rows(0, used));
        if (used < n) {
            ws.ops().fill(0, out.rows(used, n));
        }
    }
}
