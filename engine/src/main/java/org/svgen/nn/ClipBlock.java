package org.svgen.nn;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * Self-attention and feed-forward layer, each behind a norm and added to its input (transformers:
 * {@code CLIPEncoderLayer}, {@code SiglipEncoderLayer}).
 */
public record ClipBlock(
        ClipShape shape,
        LayerNorm attentionNorm,
        Linear q,
        Linear k,
        Linear v,
        Linear o,
        LayerNorm feedForwardNorm,
        Linear up,
        Linear down) {
    private static final float QUICK = 1.702f;

    /** Reads the block whose weights are {@code weights}. */
    public static ClipBlock load(ClipShape c, WeightSource weights) {
        WeightSource attention = weights.at("self_attn");
        int width = c.width();
        return new ClipBlock(
                c,
                LayerNorm.load(weights, "layer_norm1", width, true, c.epsilon()),
                Linear.load(attention, "q_proj", width, width, true),
                Linear.load(attention, "k_proj", width, width, true),
                Linear.load(attention, "v_proj", width, width, true),
                Linear.load(attention, "out_proj", width, width, true),
                LayerNorm.load(weights, "layer_norm2", width, true, c.epsilon()),
                Linear.load(weights, "mlp.fc1", width, c.hidden(), true),
                Linear.load(weights, "mlp.fc2", c.hidden(), width, true));
    }

    /**
     * Computes the block.
     *
     * @param x F32 [N, width], replaced by the block's output
     * @param plan which tokens each token attends to
     */
    public void apply(Workspace ws, Tensor x, AttentionPlan plan) {
        Ops ops = ws.ops();
        int n = x.size(0);
        try (var _ = ws.scope()) {
            Tensor normed = ws.allocate(DType.F32, n, shape.width());
            attentionNorm.apply(ops, x, normed);
            Tensor queries = heads(ws, q, normed);
            Tensor keys = heads(ws, k, normed);
            Tensor values = heads(ws, v, normed);
            int dim = queries.size(3);
            Tensor attended = ws.allocate(DType.F32, 1, n, shape.heads(), dim);
            float scale = (float) (1 / Math.sqrt(dim));
            ops.attention(queries, keys, values, plan, null, scale, attended);
            o.apply(ops, attended.reshape(n, shape.width()), normed);
            ops.axpby(1, x, 1, normed, x);

            feedForwardNorm.apply(ops, x, normed);
            Tensor inner = ws.allocate(DType.F32, n, shape.hidden());
            up.apply(ops, normed, inner);
            activate(ops, inner);
            down.apply(ops, inner, normed);
            ops.axpby(1, x, 1, normed, x);
        }
    }

    private Tensor heads(Workspace ws, Linear linear, Tensor x) { // [N, C] -> [1, H, N, D]
        int n = x.size(0);
        int dim = shape.width() / shape.heads();
        Tensor out = ws.allocate(DType.F32, 1, shape.heads(), n, dim);
        try (var _ = ws.scope()) {
            Tensor rows = ws.allocate(DType.F32, 1, n, shape.heads(), dim);
            linear.apply(ws.ops(), x, rows.reshape(n, shape.width()));
            ws.ops().splitHeads(rows, HeadNorm.NONE, null, null, 0, out);
        }
        return out;
    }

    private void activate(Ops ops, Tensor x) {
        switch (shape.gelu()) {
            case EXACT -> ops.activate(Activation.GELU, x, x);
            case TANH -> ops.activate(Activation.GELU_TANH, x, x);
            case QUICK -> {
                // x sigmoid(a x) = silu(a x) / a
                ops.axpby(QUICK, x, 0, x, x);
                ops.activate(Activation.SILU, x, x);
                ops.axpby(1 / QUICK, x, 0, x, x);
            }
        }
    }
}
