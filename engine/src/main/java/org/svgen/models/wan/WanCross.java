package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * Attention to the text, and to a picture beside it (diffusers: {@code attn2}). Each has a softmax
 * of its own. What the text's padding became is attended to as well, as in diffusers.
 */
record WanCross(@Nullable LayerNorm norm, WanAttention attention, @Nullable Picture picture) {
    /** Projections of the picture's tokens. */
    record Picture(Linear k, Linear v, HeadNorm kNorm) {}

    static WanCross load(WanConfig c, WeightSource w) {
        WeightSource at = w.at("attn2");
        int width = c.width();
        return new WanCross(
                c.crossNorm() ? LayerNorm.load(w, "norm2", width, true, c.eps()) : null,
                WanAttention.load(c, at),
                c.imageDim().isPresent()
                        ? new Picture(
                                Linear.load(at, "add_k_proj", width, width, true),
                                Linear.load(at, "add_v_proj", width, width, true),
                                WanAttention.norm(c, at, "norm_added_k"))
                        : null);
    }

    /**
     * Adds {@code gate * h} to the stream and normalises that into {@code h}, for {@link #attend}.
     *
     * @param h [M, C]
     * @param x the stream, F32 [M, C]
     */
    void add(Ops ops, Tensor h, Tensor gate, Tensor x) {
        if (norm == null) {
            ops.addGated(h, gate, x);
            ops.convert(x, h);
        } else {
            norm.add(ops, h, gate, x, null, null, h);
        }
    }

    /**
     * Replaces {@code h} by what it attends to in branches {@code branch} and behind.
     *
     * @param h [B, N, C]
     * @param rows scratch [B, N, H, D]
     * @param q scratch [B, H, N, D]
     */
    void attend(WanStep step, int branch, Tensor h, Tensor rows, Tensor q) {
        Ops ops = step.workspace().ops();
        int end = branch + h.size(0);
        WanAttention.project(ops, h, attention.q(), attention.qNorm(), rows, q);
        attend(
                step.workspace(),
                q,
                step.context().text().rows(branch, end),
                new Picture(attention.k(), attention.v(), attention.kNorm()),
                rows);
        Tensor pictures = step.context().picture();
        if (picture != null && pictures != null) {
            attend(
                    step.workspace(),
                    q,
                    pictures.rows(branch, end),
                    picture,
                    h.reshape(rows.shape().dims()));
            ops.axpby(1, rows, 1, h, rows);
        }
        attention.out().apply(ops, WanAttention.flat(rows), WanAttention.flat(h));
    }

    private void attend(
            Workspace workspace,
            Tensor q,
            Tensor context, // [B, T, C]
            Picture by,
            Tensor out) { // [B, N, H, D]
        Ops ops = workspace.ops();
        int batch = q.size(0);
        int heads = q.size(1);
        int tokens = context.size(1);
        int dim = q.size(3);
        try (var _ = workspace.scope()) {
            Tensor rows = workspace.allocate(batch, tokens, heads, dim);
            Tensor k = workspace.allocate(batch, heads, tokens, dim);
            Tensor v = workspace.allocate(batch, heads, tokens, dim);
            WanAttention.project(ops, context, by.k, by.kNorm, rows, k);
            WanAttention.project(ops, context, by.v, HeadNorm.NONE, rows, v);
            AttentionPlan plan = AttentionPlan.dense(q.size(2), tokens);
            ops.attention(q, k, v, plan, null, (float) (1 / Math.sqrt(dim)), out);
        }
    }
}
