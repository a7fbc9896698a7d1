package org.svgen.models.cogvideox;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * One transformer block: text and video tokens are one sequence, text first, with modulations of
 * their own (diffusers: {@code CogVideoXBlock}, {@code CogVideoXLayerNormZero}).
 */
record CogVideoXBlock(
        int layer,
        int heads,
        Modulation attentionNorm,
        Linear q,
        Linear k,
        Linear v,
        HeadNorm qNorm,
        HeadNorm kNorm,
        Linear attentionOut,
        Modulation feedForwardNorm,
        FeedForward feedForward) {
    private static final float HEAD_NORM_EPS = 1e-6f;

    static CogVideoXBlock load(CogVideoXConfig c, WeightSource weights, int layer) {
        WeightSource w = weights.at("transformer_blocks." + layer);
        int width = c.width();
        return new CogVideoXBlock(
                layer,
                c.heads(),
                Modulation.load(c, w, "norm1"),
                Linear.load(w, "attn1.to_q", width, width, c.attentionBias()),
                Linear.load(w, "attn1.to_k", width, width, c.attentionBias()),
                Linear.load(w, "attn1.to_v", width, width, c.attentionBias()),
                headNorm(c, w, "attn1.norm_q"),
                headNorm(c, w, "attn1.norm_k"),
                Linear.load(w, "attn1.to_out.0", width, width, true),
                Modulation.load(c, w, "norm2"),
                FeedForward.load(w, "ff", width, 4 * width, c.activation()));
    }

    private static HeadNorm headNorm(CogVideoXConfig c, WeightSource w, String name) {
        return new HeadNorm(
                HeadNorm.Kind.LAYER,
                w.tensor(name + ".weight", c.headDim()),
                w.tensor(name + ".bias", c.headDim()),
                HEAD_NORM_EPS);
    }

    /**
     * @param x the token stream, F32, updated in place; what is added to it is of the workspace's
     *     activation type
     * @param timeSilu silu of the time embedding
     * @param faults I32 [1], or none: grows by the number of values of {@code x} that are not
     *     finite then
     */
    void forward(
            Workspace workspace,
            Tensor x, // [B, N, C]
            int text,
            Tensor timeSilu, // [B, T]
            @Nullable Tensor cos, // [V, D]
            @Nullable Tensor sin, // [V, D]
            AttentionPolicy policy,
            @Nullable Tensor faults) {
        Ops ops = workspace.ops();
        try (var _ = workspace.scope()) {
            Tensor h = workspace.allocate(x.shape().dims());
            Tensor modulation = attentionNorm.apply(workspace, x, text, timeSilu, h);
            attention(workspace, h, text, cos, sin, policy);
            addGated(ops, h, modulation, text, x, null);
        }
        try (var _ = workspace.scope()) {
            Tensor h = workspace.allocate(x.shape().dims());
            Tensor modulation = feedForwardNorm.apply(workspace, x, text, timeSilu, h);
            feedForward.apply(workspace, h.reshape(h.elements() / h.size(2), h.size(2)));
            addGated(ops, h, modulation, text, x, faults);
        }
    }

    /** Replaces {@code h} by its self-attention. */
    private void attention(
            Workspace workspace,
            Tensor h, // [B, N, C]
            int text,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            AttentionPolicy policy) {
        Ops ops = workspace.ops();
        int batch = h.size(0);
        int tokens = h.size(1);
        int width = h.size(2);
        int dim = width / heads;
        try (var _ = workspace.scope()) {
            Tensor rows = workspace.allocate(batch, tokens, heads, dim);
            Tensor q = workspace.allocate(batch, heads, tokens, dim);
            Tensor k = workspace.allocate(batch, heads, tokens, dim);
            Tensor v = workspace.allocate(batch, heads, tokens, dim);
            Tensor flat = rows.reshape((long) batch * tokens, width);
            Tensor in = h.reshape((long) batch * tokens, width);
            this.q.apply(ops, in, flat);
            ops.splitHeads(rows, qNorm, cos, sin, text, q);
            this.k.apply(ops, in, flat);
            ops.splitHeads(rows, kNorm, cos, sin, text, k);
            this.v.apply(ops, in, flat);
            ops.splitHeads(rows, HeadNorm.NONE, null, null, 0, v);
            policy.attend(workspace, layer, q, k, v, rows);
            attentionOut.apply(ops, flat, in);
        }
    }

    private static void addGated(
            Ops ops, Tensor h, Tensor modulation, int text, Tensor x, @Nullable Tensor faults) {
        int n = x.size(1);
        for (int b = 0; b < x.size(0); b++) {
            Tensor m = modulation.get(b);
            ops.addGated(
                    h.get(b).rows(text, n), m.get(Modulation.GATE), x.get(b).rows(text, n), faults);
            ops.addGated(
                    h.get(b).rows(0, text),
                    m.get(Modulation.TEXT_GATE),
                    x.get(b).rows(0, text),
                    faults);
        }
    }

    /** Layer norm modulated by the time embedding, with gates for what comes after. */
    record Modulation(Linear linear, LayerNorm norm) {
        // Shift, scale and gate of the video tokens, then of the text tokens.
        private static final int PARTS = 6;
        static final int GATE = 2;
        static final int TEXT_GATE = 5;

        static Modulation load(CogVideoXConfig c, WeightSource w, String name) {
            return new Modulation(
                    Linear.load(w, name + ".linear", c.timeEmbedDim(), PARTS * c.width(), true),
                    LayerNorm.load(w, name + ".norm", c.width(), c.normAffine(), c.normEps()));
        }

        /** Writes the modulated norm of {@code x} to {@code out}; returns all six parts. */
        Tensor apply(Workspace workspace, Tensor x, int text, Tensor timeSilu, Tensor out) {
            Ops ops = workspace.ops();
            int batch = x.size(0);
            int n = x.size(1);
            int width = x.size(2);
            Tensor parts = workspace.allocate(DType.F32, batch, PARTS, width);
            linear.apply(ops, timeSilu, parts.reshape(batch, (long) PARTS * width));
            for (int b = 0; b < batch; b++) {
                Tensor m = parts.get(b);
                Tensor from = x.get(b);
                Tensor to = out.get(b);
                norm.apply(ops, from.rows(text, n), m.get(1), m.get(0), to.rows(text, n));
                norm.apply(ops, from.rows(0, text), m.get(4), m.get(3), to.rows(0, text));
            }
            return parts;
        }
    }
}
