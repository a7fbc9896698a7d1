package org.svgen.text;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Rope3d;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Weight;

/**
 * A Llama language model, or another that is built so, whose hidden state before its last layers is
 * the embedding of a text (transformers: {@code LlamaModel} with {@code output_hidden_states}).
 *
 * @param embedding [vocabulary, width]
 * @param blocks those that are run
 */
public record LlamaEncoder(LlamaConfig config, Weight embedding, List<LlamaBlock> blocks) {

    /**
     * @param skipped how many of the last layers are not run, at least 1
     * @throws BadInputException if a weight is missing or has another shape than {@code config}
     *     says
     */
    public static LlamaEncoder load(LlamaConfig config, WeightSource weights, int skipped) {
        if (skipped < 1 || skipped >= config.layers()) {
            throw new BadInputException(
                    "text encoder: expected more than %d layers, found %d"
                            .formatted(skipped, config.layers()));
        }
        WeightSource w = weights.has("model.embed_tokens.weight") ? weights.at("model") : weights;
        w.blocksEnd("layers", config.layers());
        return new LlamaEncoder(
                config,
                w.weight("embed_tokens.weight", config.vocabulary(), config.width()),
                w.layers(
                        config.layers() - skipped,
                        i -> LlamaBlock.load(config, w.at("layers." + i))));
    }

    /**
     * Embeds a text.
     *
     * @param ids N tokens, padding included
     * @param attended how many of them are no padding, which stands at the end
     * @param rotary type that the rotary frequencies are rounded to: F32, as transformers computes
     *     them whatever it loads the weights as; F16 or BF16, as in a module that was cast whole
     *     ({@code encoder.to(dtype)}), buffers and all
     * @param out F32 [N, width]
     */
    public void encode(Workspace ws, int[] ids, int attended, DType rotary, Tensor out) {
        embed(ws, ids, attended, out);
        run(ws, attended, rotary, out);
    }

    /**
     * Looks the tokens up.
     *
     * @param out F32 [N, width]
     */
    void embed(Workspace ws, int[] ids, int attended, Tensor out) {
        TokenIds.check(ids, attended, config.vocabulary());
        try (var _ = ws.scope();
                Arena arena = Arena.ofConfined()) {
            ws.ops().embedding(ws.copyOf(Tensor.of(arena, ids, ids.length)), embedding, out);
        }
    }

    /**
     * Goes through the blocks.
     *
     * @param x F32 [N, width], what stands for each token; replaced by its embedding
     */
    void run(Workspace ws, int attended, DType rotary, Tensor x) {
        int n = x.size(0);
        Rope3d rope = Rope3d.of(config.headDim(), config.theta(), rotary, n);
        AttentionPlan plan = CausalAttention.plan(n, attended);
        try (var _ = ws.scope();
                Arena arena = Arena.ofConfined()) {
            Tensor cos = ws.copyOf(Tensor.of(arena, rope.cos(), n, config.headDim()));
            Tensor sin = ws.copyOf(Tensor.of(arena, rope.sin(), n, config.headDim()));
            for (LlamaBlock block : blocks) {
                block.apply(ws, x, cos, sin, plan);
            }
        }
    }
}
