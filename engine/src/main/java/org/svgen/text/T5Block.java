package org.svgen.text;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * Self-attention and feed-forward layer, each behind a norm and added to its input.
 *
 * @param positions where this block has its own table of distances
 * @param q also k, v: [heads * headDim, width]
 * @param o [width, heads * headDim]
 * @param gate [hidden, width], where the feed-forward layer is gated
 * @param in [hidden, width]
 * @param down [width, hidden]
 */
record T5Block(
        @Nullable RelativePositions positions,
        Tensor attentionNorm,
        Tensor q,
        Tensor k,
        Tensor v,
        Tensor o,
        Tensor feedForwardNorm,
        @Nullable Tensor gate,
        Tensor in,
        Tensor down) {

    static T5Block load(T5Config c, WeightSource weights, boolean biased) {
        WeightSource attention = weights.at("layer.0.SelfAttention");
        WeightSource feedForward = weights.at("layer.1.DenseReluDense");
        long inner = (long) c.heads() * c.headDim();
        String in = c.gated() ? "wi_1.weight" : "wi.weight";
        return new T5Block(
                biased ? positions(c, attention) : null,
                weights.tensor("layer.0.layer_norm.weight", c.width()),
                attention.tensor("q.weight", inner, c.width()),
                attention.tensor("k.weight", inner, c.width()),
                attention.tensor("v.weight", inner, c.width()),
                attention.tensor("o.weight", c.width(), inner),
                weights.tensor("layer.1.layer_norm.weight", c.width()),
                c.gated() ? feedForward.tensor("wi_0.weight", c.hidden(), c.width()) : null,
                feedForward.tensor(in, c.hidden(), c.width()),
                feedForward.tensor("wo.weight", c.width(), c.hidden()));
    }

    private static RelativePositions positions(T5Config c, WeightSource weights) {
        Tensor table = weights.tensor("relative_attention_bias.weight", c.buckets(), c.heads());
        try (Arena arena = Arena.ofConfined()) {
            Tensor host = Tensor.zeros(arena, table.dtype(), c.buckets(), c.heads());
            weights.backend().download(table, host);
            return new RelativePositions(host.toFloats(), c.heads(), c.maxDistance());
        }
    }

    /**
     * @param x F32 [N, width], replaced by the block's output
     * @param bias F32 [heads, N, N]
     */
    void apply(Workspace ws, T5Config c, Tensor x, Tensor bias) {
        attend(ws, c, x, bias);
        feedForward(ws, c, x);
    }

    private void attend(Workspace ws, T5Config c, Tensor x, Tensor bias) {
        Ops ops = ws.ops();
        int n = x.size(0);
        try (var _ = ws.scope()) {
            Tensor normed = ws.allocate(DType.F32, n, c.width());
            ops.rmsNorm(x, attentionNorm, c.epsilon(), normed);
            Tensor[] qkv = new Tensor[3]; // [N, heads, headDim]
            Tensor[] projections = {q, k, v};
            for (int i = 0; i < qkv.length; i++) {
                qkv[i] = ws.allocate(DType.F32, n, c.heads(), c.headDim());
                Tensor flat = qkv[i].reshape(n, (long) c.heads() * c.headDim());
                ops.linear(normed, projections[i], null, Activation.NONE, flat);
            }
            Tensor attended = ws.allocate(DType.F32, n, c.heads(), c.headDim());
            // T5 does not scale its scores.
            ops.biasedAttention(qkv[0], qkv[1], qkv[2], bias, 1, attended);
            Tensor flat = attended.reshape(n, (long) c.heads() * c.headDim());
            ops.linear(flat, o, null, Activation.NONE, normed);
            ops.axpby(1, x, 1, normed, x);
        }
    }

    private void feedForward(Workspace ws, T5Config c, Tensor x) {
        Ops ops = ws.ops();
        int n = x.size(0);
        try (var _ = ws.scope()) {
            Tensor normed = ws.allocate(DType.F32, n, c.width());
            ops.rmsNorm(x, feedForwardNorm, c.epsilon(), normed);
            Tensor inner = ws.allocate(DType.F32, n, c.hidden());
            if (gate == null) {
                ops.linear(normed, in, null, c.activation(), inner);
            } else {
                Tensor open = ws.allocate(DType.F32, n, c.hidden());
                ops.linear(normed, gate, null, c.activation(), open);
                ops.linear(normed, in, null, Activation.NONE, inner);
                ops.multiply(open, inner, inner);
            }
            ops.linear(inner, down, null, Activation.NONE, normed);
            ops.axpby(1, x, 1, normed, x);
        }
    }
}
