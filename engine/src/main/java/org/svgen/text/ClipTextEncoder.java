package org.svgen.text;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.ClipBlock;
import org.svgen.nn.LayerNorm;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/**
 * CLIP's text encoder, which makes one vector of a text (transformers: {@code CLIPTextModel}, its
 * pooler output).
 *
 * @param tokens [vocabulary, width]
 * @param places [positions, width]
 */
public record ClipTextEncoder(
        ClipConfig config,
        Tensor tokens,
        Tensor places,
        List<ClipBlock> blocks,
        LayerNorm finalNorm) {
    /** What configurations of before transformers 4.31 say, whatever the vocabulary. */
    private static final int LEGACY_END = 2;

    /**
     * @throws BadInputException if a weight is missing or has another shape than {@code config}
     *     says
     */
    public static ClipTextEncoder load(ClipConfig config, WeightSource weights) {
        WeightSource w =
                weights.has("text_model.embeddings.token_embedding.weight")
                        ? weights.at("text_model")
                        : weights;
        int width = config.width();
        return new ClipTextEncoder(
                config,
                w.tensor("embeddings.token_embedding.weight", config.vocabulary(), width),
                w.tensor("embeddings.position_embedding.weight", config.positions(), width),
                w.layers(
                        config.shape().layers(),
                        i -> ClipBlock.load(config.shape(), w.at("encoder.layers." + i))),
                LayerNorm.load(w, "final_layer_norm", width, true, config.shape().epsilon()));
    }

    /**
     * Embeds a text.
     *
     * @param ids at most {@link ClipConfig#positions} tokens, padding included
     * @param out F32 [1, width]
     */
    public void encode(Workspace ws, int[] ids, Tensor out) {
        int n = ids.length;
        TokenIds.check(ids, n, config.vocabulary());
        if (n > config.positions()) {
            throw new SvgenException("%d tokens of %d".formatted(n, config.positions()));
        }
        Ops ops = ws.ops();
        AttentionPlan plan = CausalAttention.plan(n, n);
        try (var _ = ws.scope();
                Arena arena = Arena.ofConfined()) {
            Tensor x = ws.allocate(DType.F32, n, config.width());
            Tensor place = ws.allocate(DType.F32, n, config.width());
            int[] counted = IntStream.range(0, n).toArray();
            ops.embedding(ws.copyOf(Tensor.of(arena, ids, n)), Weight.of(tokens), x);
            ops.embedding(ws.copyOf(Tensor.of(arena, counted, n)), Weight.of(places), place);
            ops.axpby(1, x, 1, place, x);
            for (ClipBlock block : blocks) {
                block.apply(ws, x, plan);
            }
            int end = end(ids);
            finalNorm.apply(ops, x.rows(end, end + 1L), out);
        }
    }

    /** The place of the first end token; in legacy models of the first greatest token. */
    int end(int[] ids) {
        int end = 0;
        for (int i = 0; i < ids.length; i++) {
            if (config.endToken() == LEGACY_END) {
                end = ids[i] > ids[end] ? i : end;
            } else if (ids[i] == config.endToken()) {
                return i;
            }
        }
        return end;
    }
}
