package org.svgen.models.wan;

import org.svgen.checkpoint.WeightSource;
import org.svgen.models.wan.WanStep.Span;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * One transformer block: self-attention, cross-attention, feed-forward layer (diffusers: {@code
 * WanTransformerBlock}).
 *
 * @param table [1, {@link WanEmbedder#PARTS}, C], added to what the time says
 */
record WanBlock(
        int layer,
        Tensor table,
        LayerNorm norm,
        WanAttention attention,
        WanCross cross,
        FeedForward feedForward) {
    // Of the self-attention; those of the feed-forward layer follow.
    private static final int SHIFT = 0;
    private static final int SCALE = 1;
    private static final int GATE = 2;
    private static final int OF_FEED_FORWARD = 3;

    static WanBlock load(WanConfig c, WeightSource weights, int layer) {
        WeightSource w = weights.at("blocks." + layer);
        int width = c.width();
        return new WanBlock(
                layer,
                w.tensor("scale_shift_table", 1, WanEmbedder.PARTS, width),
                new LayerNorm(null, null, (float) c.eps()),
                WanAttention.load(c, w.at("attn1")),
                WanCross.load(c, w),
                FeedForward.load(w, "ffn", width, c.hidden(), Activation.GELU_TANH));
    }

    /**
     * Takes all branches of guidance through the block, one batch after the other over the same
     * scratch.
     *
     * @param x the token stream, F32, updated in place; what is added to it is of the workspace's
     *     activation type
     */
    void forward(WanStep step, Tensor x) { // [branches, N, C]
        Workspace workspace = step.workspace();
        int branches = x.size(0);
        int count = step.atOnce();
        try (var _ = workspace.scope()) {
            Tensor parts = workspace.allocate(DType.F32, step.parts().shape().dims());
            for (int time = 0; time < parts.size(0); time++) {
                workspace.ops().axpby(1, table, 1, step.parts().get(time), parts.get(time));
            }
            for (int branch = 0; branch < branches; branch += count) {
                forward(step, parts, branch, x.rows(branch, branch + count));
            }
        }
    }

    private void forward(WanStep step, Tensor parts, int branch, Tensor x) { // x [B, N, C]
        Workspace workspace = step.workspace();
        try (var _ = workspace.scope()) {
            Tensor h = workspace.allocate(x.shape().dims());
            attend(step, parts, branch, x, h);
            normalise(step, parts, OF_FEED_FORWARD, x, h);
            feedForward.apply(workspace, WanAttention.flat(h));
            addGated(step, parts, OF_FEED_FORWARD, h, x);
        }
    }

    /** Both attentions, which share scratch. */
    private void attend(WanStep step, Tensor parts, int branch, Tensor x, Tensor h) {
        Workspace workspace = step.workspace();
        Ops ops = workspace.ops();
        int batch = x.size(0);
        int tokens = x.size(1);
        int heads = attention.heads();
        int dim = x.size(2) / heads;
        try (var _ = workspace.scope()) {
            Tensor rows = workspace.allocate(batch, tokens, heads, dim);
            Tensor q = workspace.allocate(batch, heads, tokens, dim);
            try (var _ = workspace.scope()) {
                Tensor k = workspace.allocate(batch, heads, tokens, dim);
                Tensor v = workspace.allocate(batch, heads, tokens, dim);
                normalise(step, parts, 0, x, h);
                WanRope rope = step.rope();
                WanAttention.project(ops, h, attention.q(), attention.qNorm(), rope, rows, q);
                WanAttention.project(ops, h, attention.k(), attention.kNorm(), rope, rows, k);
                WanAttention.project(ops, h, attention.v(), HeadNorm.NONE, rows, v);
                step.policy().attend(workspace, layer, branch, q, k, v, rows);
            }
            attention.out().apply(ops, WanAttention.flat(rows), WanAttention.flat(h));
            addGated(step, parts, 0, h, x);
            cross.apply(step, branch, x, h, rows, q);
        }
    }

    private void normalise(WanStep step, Tensor parts, int of, Tensor x, Tensor h) {
        for (int b = 0; b < x.size(0); b++) {
            for (Span span : step.spans()) {
                Tensor at = parts.get(span.time());
                norm.apply(
                        step.workspace().ops(),
                        span.of(x.get(b)),
                        at.get(of + SCALE),
                        at.get(of + SHIFT),
                        span.of(h.get(b)));
            }
        }
    }

    private static void addGated(WanStep step, Tensor parts, int of, Tensor h, Tensor x) {
        for (int b = 0; b < x.size(0); b++) {
            for (Span span : step.spans()) {
                Tensor gate = parts.get(span.time()).get(of + GATE);
                step.workspace().ops().addGated(span.of(h.get(b)), gate, span.of(x.get(b)));
            }
        }
    }
}
