package org.svgen.models.cogvideox;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Normed;
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
            Tensor modulation = attentionNorm.parts(workspace, timeSilu);
            attention(workspace, x, modulation, text, cos, sin, policy);
        }
        try (var _ = workspace.scope()) {
            Tensor modulation = feedForwardNorm.parts(workspace, timeSilu);
            Tensor h = workspace.allocate((long) x.size(0) * x.size(1), x.size(2));
            Normed normed = Normed.within(workspace, h, feedForward.up());
            feedForwardNorm.apply(ops, x, text, modulation, normed);
            feedForward.apply(workspace, normed, h);
            addGated(ops, h.reshape(x.shape().dims()), modulation, text, x, faults);
        }
    }

    /** Adds its self-attention to {@code x}. */
    private void attention(
            Workspace workspace,
            Tensor x, // [B, N, C]
            Tensor modulation,
            int text,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            AttentionPolicy policy) {
        Ops ops = workspace.ops();
        int batch = x.size(0);
        int tokens = x.size(1);
        int width = x.size(2);
        int dim = width / heads;
        try (var _ = workspace.scope()) {
            Tensor rows = workspace.allocate(batch, tokens, heads, dim);
            Tensor q = workspace.allocate(batch, heads, tokens, dim);
            Tensor k = workspace.allocate(batch, heads, tokens, dim);
            Tensor v = workspace.allocate(batch, heads, tokens, dim);
            Tensor flat = rows.reshape((long) batch * tokens, width);
            try (var _ = workspace.scope()) {
                Normed in = Normed.allocate(workspace, flat.size(0), width, this.q, this.k, this.v);
                attentionNorm.apply(ops, x, text, modulation, in);
                this.q.apply(ops, in, flat);
                ops.splitHeads(rows, qNorm, cos, sin, text, q);
                this.k.apply(ops, in, flat);
                ops.splitHeads(rows, kNorm, cos, sin, text, k);
                this.v.apply(ops, in, flat);
                ops.splitHeads(rows, HeadNorm.NONE, null, null, 0, v);
            }
            policy.attend(workspace, layer, q, k, v, rows);
            Tensor h = workspace.allocate(x.shape().dims());
            attentionOut.apply(ops, flat, h.reshape(flat.shape().dims()));
            addGated(ops, h, modulation, text, x, null);
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

        /** All six parts: F32 [B, PARTS, C]. */
        Tensor parts(Workspace workspace, Tensor timeSilu) {
            int batch = timeSilu.size(0);
            Tensor parts = workspace.allocate(DType.F32, batch, PARTS, linear.outputs() / PARTS);
            linear.apply(workspace.ops(), timeSilu, parts.reshape(batch, linear.outputs()));
            return parts;
        }

        /** Writes the modulated norm of {@code x} [B, N, C] to {@code out} [B*N, C]. */
        void apply(Ops ops, Tensor x, int text, Tensor parts, Normed out) {
            int n = x.size(1);
            for (int b = 0; b < x.size(0); b++) {
                Tensor m = parts.get(b);
                Tensor from = x.get(b);
                Normed to = out.rows((long) b * n, (b + 1L) * n);
                norm.apply(ops, from.rows(text, n), m.get(1), m.get(0), to.rows(text, n));
                norm.apply(ops, from.rows(0, text), m.get(4), m.get(3), to.rows(0, text));
            }
        }
    }
}
