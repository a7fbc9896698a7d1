package org.svgen.text;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * Self-attention and gated feed-forward layer, each behind a norm and added to its input
 * (transformers: {@code LlamaDecoderLayer}).
 */
record LlamaBlock(
        LlamaConfig config,
        Tensor attentionNorm,
        Linear q,
        Linear k,
        Linear v,
        Linear o,
        Tensor feedForwardNorm,
        Linear gate,
        Linear up,
        Linear down) {

    static LlamaBlock load(LlamaConfig c, WeightSource weights) {
        WeightSource attention = weights.at("self_attn");
        WeightSource mlp = weights.at("mlp");
        int inner = c.heads() * c.headDim();
        int keys = c.keyHeads() * c.headDim();
        boolean biased = c.attentionBias();
        boolean mlpBias = c.feedForwardBias();
        return new LlamaBlock(
                c,
                weights.tensor("input_layernorm.weight", c.width()),
                Linear.load(attention, "q_proj", c.width(), inner, biased),
                Linear.load(attention, "k_proj", c.width(), keys, biased),
                Linear.load(attention, "v_proj", c.width(), keys, biased),
                Linear.load(attention, "o_proj", inner, c.width(), c.outputBias()),
                weights.tensor("post_attention_layernorm.weight", c.width()),
                Linear.load(mlp, "gate_proj", c.width(), c.hidden(), mlpBias),
                Linear.load(mlp, "up_proj", c.width(), c.hidden(), mlpBias),
                Linear.load(mlp, "down_proj", c.hidden(), c.width(), mlpBias));
    }

    /**
     * @param x F32 [N, width], replaced by the block's output
     * @param cos F32 [N, headDim], each frequency twice
     * @param sin their sines, of the same shape
     */
    void apply(Workspace ws, Tensor x, Tensor cos, Tensor sin, AttentionPlan plan) {
        try (var _ = ws.scope()) {
            attend(ws, x, cos, sin, plan);
        }
        try (var _ = ws.scope()) {
            feedForward(ws, x);
        }
    }

    private void attend(Workspace ws, Tensor x, Tensor cos, Tensor sin, AttentionPlan plan) {
        Ops ops = ws.ops();
        int n = x.size(0);
        int heads = config.heads();
        int dim = config.headDim();
        Tensor normed = ws.allocate(DType.F32, n, config.width());
        ops.rmsNorm(x, attentionNorm, config.epsilon(), normed);
        Tensor queries = ws.allocate(DType.F32, 1, heads, n, dim);
        rotated(ws, q, normed, cos, sin, queries);
        Tensor few = ws.allocate(DType.F32, 1, config.keyHeads(), n, dim);
        rotated(ws, k, normed, cos, sin, few);
        Tensor keys = forAllHeads(ws, few);
        Tensor projected = project(ws, v, normed, config.keyHeads());
        ops.splitHeads(projected, HeadNorm.NONE, null, null, 0, few);
        Tensor values = forAllHeads(ws, few);
        Tensor attended = ws.allocate(DType.F32, 1, n, heads, dim);
        float scale = (float) (1 / Math.sqrt(dim));
        ops.attention(queries, keys, values, plan, null, scale, attended);
        o.apply(ops, attended.reshape(n, (long) heads * dim), normed);
        ops.axpby(1, x, 1, normed, x);
    }

    private Tensor project(Workspace ws, Linear linear, Tensor x, int heads) {
        int n = x.size(0);
        Tensor out = ws.allocate(DType.F32, 1, n, heads, config.headDim());
        linear.apply(ws.ops(), x, out.reshape(n, linear.outputs()));
        return out;
    }

    /**
     * Projects to heads and rotates them. Llama pairs element i of a head with element i + D/2, our
     * rotation neighbours; queries and keys may be permuted alike without changing their products.
     * Files of llama.cpp have their rows permuted so already.
     */
    private void rotated(
            Workspace ws, Linear linear, Tensor x, Tensor cos, Tensor sin, Tensor out) {
        int n = x.size(0);
        int heads = out.size(1);
        int half = config.headDim() / 2;
        try (var _ = ws.scope()) {
            if (config.paired()) {
                Tensor rows = project(ws, linear, x, heads);
                ws.ops().splitHeads(rows, HeadNorm.NONE, cos, sin, 0, out);
                return;
            }
            Tensor halves = project(ws, linear, x, heads).reshape(n, heads, 2, half);
            Tensor pairs = ws.allocate(DType.F32, n, heads, half, 2);
            ws.ops().permute(halves, new int[] {0, 1, 3, 2}, pairs);
            Tensor rows = pairs.reshape(1, n, heads, config.headDim());
            ws.ops().splitHeads(rows, HeadNorm.NONE, cos, sin, 0, out);
        }
    }

    /** Repeats each head of keys or values for the heads of queries that share it. */
    private Tensor forAllHeads(Workspace ws, Tensor x) { // [1, keyHeads, N, D] -> [1, heads, N, D]
        int n = x.size(2);
        int dim = config.headDim();
        int shared = config.heads() / config.keyHeads();
        Tensor out = ws.allocate(DType.F32, 1, config.heads(), n, dim);
        ws.ops()
                .upsampleNearest(
                        x.reshape(config.keyHeads(), n, 1, dim),
                        shared,
                        1,
                        out.reshape(config.heads(), n, 1, dim));
        return out;
    }

    private void feedForward(Workspace ws, Tensor x) {
        Ops ops = ws.ops();
        int n = x.size(0);
        Tensor normed = ws.allocate(DType.F32, n, config.width());
        ops.rmsNorm(x, feedForwardNorm, config.epsilon(), normed);
        Tensor open = ws.allocate(DType.F32, n, config.hidden());
        Tensor inner = ws.allocate(DType.F32, n, config.hidden());
        gate.apply(ops, normed, Activation.SILU, open);
        up.apply(ops, normed, inner);
        ops.multiply(open, inner, inner);
        down.apply(ops, inner, normed);
        ops.axpby(1, x, 1, normed, x);
    }
}
