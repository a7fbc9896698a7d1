package org.svgen.text;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Self-attention and feed-forward layer, each behind a norm and added to its input.
 *
 * @param distances [buckets, heads], where this block has a table of its own
 * @param q also k, v: width -> heads * headDim
 * @param o heads * headDim -> width
 * @param gate width -> hidden, where the feed-forward layer is gated
 * @param in width -> hidden
 * @param down hidden -> width
 */
record T5Block(
        @Nullable Tensor distances,
        Tensor attentionNorm,
        Linear q,
        Linear k,
        Linear v,
        Linear o,
        Tensor feedForwardNorm,
        @Nullable Linear gate,
        Linear in,
        Linear down) {

    static T5Block load(T5Config c, WeightSource weights, boolean biased) {
        WeightSource attention = weights.at("layer.0.SelfAttention");
        WeightSource feedForward = weights.at("layer.1.DenseReluDense");
        int inner = c.heads() * c.headDim();
        return new T5Block(
                biased
                        ? attention.tensor("relative_attention_bias.weight", c.buckets(), c.heads())
                        : null,
                weights.tensor("layer.0.layer_norm.weight", c.width()),
                Linear.load(attention, "q", c.width(), inner, false),
                Linear.load(attention, "k", c.width(), inner, false),
                Linear.load(attention, "v", c.width(), inner, false),
                Linear.load(attention, "o", inner, c.width(), false),
                weights.tensor("layer.1.layer_norm.weight", c.width()),
                c.gated() ? Linear.load(feedForward, "wi_0", c.width(), c.hidden(), false) : null,
                Linear.load(feedForward, c.gated() ? "wi_1" : "wi", c.width(), c.hidden(), false),
                Linear.load(feedForward, "wo", c.hidden(), c.width(), false));
    }

    /**
     * @param type of what weights multiply
     * @param x F32 [N, width], replaced by the block's output
     * @param bias F32 [heads, N, N]
     */
    void apply(Workspace ws, T5Config c, DType type, Tensor x, Tensor bias) {
        attend(ws, c, type, x, bias);
        feedForward(ws, c, type, x);
    }

    private void attend(Workspace ws, T5Config c, DType type, Tensor x, Tensor bias) {
        Ops ops = ws.ops();
        int n = x.size(0);
        try (var _ = ws.scope()) {
            Tensor normed = ws.allocate(type, n, c.width());
            ops.rmsNorm(x, attentionNorm, c.epsilon(), normed);
            Tensor[] qkv = new Tensor[3]; // [N, heads, headDim]
            Linear[] projections = {q, k, v};
            for (int i = 0; i < qkv.length; i++) {
                qkv[i] = ws.allocate(type, n, c.heads(), c.headDim());
                Tensor flat = qkv[i].reshape(n, (long) c.heads() * c.headDim());
                projections[i].apply(ops, normed, flat);
            }
            Tensor attended = ws.allocate(type, n, c.heads(), c.headDim());
            // T5 does not scale its scores.
            ops.biasedAttention(qkv[0], qkv[1], qkv[2], bias, 1, attended);
            Tensor flat = attended.reshape(n, (long) c.heads() * c.headDim());
            add(ws, o, flat, x);
        }
    }

    private void feedForward(Workspace ws, T5Config c, DType type, Tensor x) {
        Ops ops = ws.ops();
        int n = x.size(0);
        try (var _ = ws.scope()) {
            Tensor normed = ws.allocate(type, n, c.width());
            ops.rmsNorm(x, feedForwardNorm, c.epsilon(), normed);
            Tensor inner = ws.allocate(type, n, c.hidden());
            if (gate == null) {
                in.apply(ops, normed, c.activation(), inner);
            } else {
                Tensor open = ws.allocate(type, n, c.hidden());
                gate.apply(ops, normed, c.activation(), open);
                in.apply(ops, normed, inner);
                ops.multiply(open, inner, inner);
            }
            add(ws, down, inner, x);
        }
    }

    private static void add(Workspace ws, Linear linear, Tensor inner, Tensor x) {
        Tensor sum = ws.allocate(DType.F32, x.size(0), x.size(1));
        linear.apply(ws.ops(), inner, sum);
        ws.ops().axpby(1, x, 1, sum, x);
    }
}
