package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
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
    private static final int SHIFT = 0;
    private static final int SCALE = 1;
    private static final int GATE = 2;
    private static final int FEED_SHIFT = 3;
    private static final int FEED_SCALE = 4;
    private static final int FEED_GATE = 5;

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
     * @param faults I32 [1], or none: grows by the number of values of {@code x} that are not
     *     finite then
     */
    void forward(WanStep step, Tensor x, @Nullable Tensor faults) { // x [branches, N, C]
        Workspace workspace = step.workspace();
        int branches = x.size(0);
        int count = step.atOnce();
        try (var _ = workspace.scope()) {
            Tensor parts = workspace.allocate(DType.F32, step.parts().shape().dims());
            for (int time = 0; time < parts.size(0); time++) {
                workspace.ops().axpby(1, table, 1, step.parts().get(time), parts.get(time));
            }
            for (int branch = 0; branch < branches; branch += count) {
                forward(step, parts, branch, x.rows(branch, branch + count), faults);
            }
        }
    }

    private void forward(
            WanStep step,
            Tensor parts,
            int branch,
            Tensor x, // [B, N, C]
            @Nullable Tensor faults) {
        Workspace workspace = step.workspace();
        Ops ops = workspace.ops();
        try (var _ = workspace.scope()) {
            Tensor h = workspace.allocate(x.shape().dims());
            spans(
                    step,
                    x,
                    h,
                    parts,
                    (from, to, at) -> norm.apply(ops, from, at.get(SCALE), at.get(SHIFT), to));
            attend(step, parts, branch, x, h);
            spans(
                    step,
                    x,
                    h,
                    parts,
                    (stream, part, at) ->
                            norm.add(
                                    ops,
                                    part,
                                    null,
                                    stream,
                                    at.get(FEED_SCALE),
                                    at.get(FEED_SHIFT),
                                    part));
            feedForward.apply(workspace, WanAttention.flat(h));
            spans(
                    step,
                    x,
                    h,
                    parts,
                    (stream, part, at) -> ops.addGated(part, at.get(FEED_GATE), stream, faults));
        }
    }

    /** Replaces {@code h} by both attentions, which share scratch; adds the first to the stream. */
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
                WanRope rope = step.rope();
                WanAttention.project(ops, h, attention.q(), attention.qNorm(), rope, rows, q);
                WanAttention.project(ops, h, attention.k(), attention.kNorm(), rope, rows, k);
                WanAttention.project(ops, h, attention.v(), HeadNorm.NONE, rows, v);
                step.policy().attend(workspace, layer, branch, q, k, v, rows);
            }
            attention.out().apply(ops, WanAttention.flat(rows), WanAttention.flat(h));
            spans(
                    step,
                    x,
                    h,
                    parts,
                    (stream, part, at) -> cross.add(ops, part, at.get(GATE), stream));
            cross.attend(step, branch, h, rows, q);
        }
    }

    /** What is done to tokens that are at one time. */
    @FunctionalInterface
    private interface Modulated {
        /**
         * @param stream F32 [n, C]
         * @param h [n, C]
         * @param parts F32 [{@link WanEmbedder#PARTS}, C]
         */
        void run(Tensor stream, Tensor h, Tensor parts);
    }

    /** Goes through the tokens of all branches. */
    private static void spans(WanStep step, Tensor x, Tensor h, Tensor parts, Modulated f) {
        for (int b = 0; b < x.size(0); b++) {
            for (Span span : step.spans()) {
                f.run(span.of(x.get(b)), span.of(h.get(b)), parts.get(span.time()));
            }
        }
    }
}
