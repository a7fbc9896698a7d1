package org.svgen.models.cosmos;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * One transformer block: self-attention, cross-attention to the text with its padding, feed-forward
 * layer, each modulated by the time (diffusers: {@code CosmosTransformerBlock}).
 */
record CosmosBlock(
        int layer,
        CosmosConfig config,
        CosmosModulation first,
        CosmosAttention attention,
        CosmosModulation second,
        CosmosAttention cross,
        CosmosModulation third,
        FeedForward feedForward) {
    private static final LayerNorm NORM = new LayerNorm(null, null, 1e-6f);
    private static final int SHIFT = CosmosModulation.SHIFT;
    private static final int SCALE = CosmosModulation.SCALE;
    private static final int GATE = CosmosModulation.GATE;
    private static final int PARTS = 3;

    static CosmosBlock load(CosmosConfig c, WeightSource weights, int layer) {
        WeightSource w = weights.at("transformer_blocks." + layer);
        return new CosmosBlock(
                layer,
                c,
                CosmosModulation.load(c, w.at("norm1"), PARTS),
                CosmosAttention.load(c, w.at("attn1"), c.width()),
                CosmosModulation.load(c, w.at("norm2"), PARTS),
                CosmosAttention.load(c, w.at("attn2"), c.textDim()),
                CosmosModulation.load(c, w.at("norm3"), PARTS),
                new FeedForward(
                        Linear.load(w, "ff.net.0.proj", c.width(), c.hidden(), false),
                        Activation.GELU,
                        Linear.load(w, "ff.net.2", c.hidden(), c.width(), false)));
    }

    /**
     * Takes all branches of guidance through the block, one after the other over the same scratch.
     *
     * @param x the token stream, F32, updated in place; what is added to it is of the workspace's
     *     activation type
     * @param faults I32 [1], or none: grows by the number of values of {@code x} that are not
     *     finite then
     */
    void forward(CosmosStep step, Tensor x, @Nullable Tensor faults) { // x [branches, N, C]
        Workspace workspace = step.workspace();
        try (var _ = workspace.scope()) {
            Tensor self = first.apply(workspace, step.time());
            Tensor text = second.apply(workspace, step.time());
            Tensor feed = third.apply(workspace, step.time());
            Tensor h = workspace.allocate(x.size(1), x.size(2));
            for (int branch = 0; branch < x.size(0); branch++) {
                Tensor stream = x.get(branch);
                enter(step, self, stream, h);
                attend(step, branch, self, text, stream, h);
                add(workspace, h, text.get(GATE), stream, feed);
                feedForward.apply(workspace, h);
                workspace.ops().addGated(h, feed.get(GATE), stream, faults);
            }
        }
    }

    /** The tokens [N, C] of one branch as self-attention sees them, which caches watch. */
    void watch(CosmosStep step, Tensor tokens, Tensor out) {
        Workspace workspace = step.workspace();
        try (var _ = workspace.scope()) {
            Tensor copy = workspace.allocate(tokens.dtype(), tokens.shape().dims());
            workspace.ops().convert(tokens, copy);
            enter(step, first.apply(workspace, step.time()), copy, out);
        }
    }

    /** Adds the places to the stream, and norms and modulates that into {@code h}. */
    private static void enter(CosmosStep step, Tensor parts, Tensor x, Tensor h) {
        Ops ops = step.workspace().ops();
        Tensor places = step.places();
        if (places == null) {
            NORM.apply(ops, x, parts.get(SCALE), parts.get(SHIFT), h);
        } else {
            NORM.add(ops, places, null, x, parts.get(SCALE), parts.get(SHIFT), h);
        }
    }

    /** Adds {@code gate * h} to the stream, and norms and modulates that into {@code h}. */
    private static void add(Workspace workspace, Tensor h, Tensor gate, Tensor x, Tensor parts) {
        NORM.add(workspace.ops(), h, gate, x, parts.get(SCALE), parts.get(SHIFT), h);
    }

    /** Replaces {@code h} by both attentions, which share scratch; adds the first to the stream. */
    private void attend(CosmosStep step, int branch, Tensor self, Tensor text, Tensor x, Tensor h) {
        Workspace workspace = step.workspace();
        Ops ops = workspace.ops();
        int tokens = x.size(0);
        int heads = config.heads();
        int dim = config.headDim();
        try (var _ = workspace.scope()) {
            Tensor rows = workspace.allocate(1, tokens, heads, dim);
            Tensor q = workspace.allocate(1, heads, tokens, dim);
            try (var _ = workspace.scope()) {
                Tensor k = workspace.allocate(1, heads, tokens, dim);
                Tensor v = workspace.allocate(1, heads, tokens, dim);
                Tensor free = v.reshape(1, tokens, heads, dim);
                CosmosAttention a = attention;
                CosmosRope rope = step.rope();
                CosmosAttention.project(workspace, h, a.q(), a.qNorm(), rope, free, rows, q);
                CosmosAttention.project(workspace, h, a.k(), a.kNorm(), rope, free, rows, k);
                CosmosAttention.project(ops, h, a.v(), HeadNorm.NONE, rows, v);
                step.policy().attend(workspace, layer, branch, q, k, v, rows);
            }
            attention.out().apply(ops, CosmosAttention.flat(rows), h);
            add(workspace, h, self.get(GATE), x, text);
            CosmosAttention.project(ops, h, cross.q(), cross.qNorm(), rows, q);
            attendToText(workspace, step.texts().get(branch), q, rows);
            cross.out().apply(ops, CosmosAttention.flat(rows), h);
        }
    }

    private void attendToText(Workspace workspace, Tensor text, Tensor q, Tensor out) {
        Ops ops = workspace.ops();
        int heads = q.size(1);
        int tokens = text.size(0);
        int dim = q.size(3);
        try (var _ = workspace.scope()) {
            Tensor rows = workspace.allocate(1, tokens, heads, dim);
            Tensor k = workspace.allocate(1, heads, tokens, dim);
            Tensor v = workspace.allocate(1, heads, tokens, dim);
            CosmosAttention.project(ops, text, cross.k(), cross.kNorm(), rows, k);
            CosmosAttention.project(ops, text, cross.v(), HeadNorm.NONE, rows, v);
            AttentionPlan plan = AttentionPlan.dense(q.size(2), tokens);
            ops.attention(q, k, v, plan, null, (float) (1 / Math.sqrt(dim)), out);
        }
    }
}
