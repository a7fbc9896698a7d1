package org.svgen.vae;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.TokenOrder;
import org.svgen.tensor.op.Weight;

/**
 * Attention of one head over all pixels of a frame, and perhaps of the frames before it.
 *
 * @param causal whether it attends to the frames before too
 */
public record FrameAttention(VaeNorm norm, Linear q, Linear k, Linear v, Linear out, boolean causal)
        implements VaeAttention {

    /** Of a frame and those before it. */
    public static FrameAttention load(WeightSource w, VaeNorm norm, int channels) {
        return new FrameAttention(
                norm,
                Linear.load(w, "to_q", channels, channels, true),
                Linear.load(w, "to_k", channels, channels, true),
                Linear.load(w, "to_v", channels, channels, true),
                Linear.load(w, "to_out.0", channels, channels, true),
                true);
    }

    /** Of a frame and those before it, by 1 x 1 x 1 convolutions. */
    public static FrameAttention loadConvolved(WeightSource w, VaeNorm norm, int channels) {
        return new FrameAttention(
                norm,
                Pointwise.load(w, "to_q", channels, channels).linear(),
                Pointwise.load(w, "to_k", channels, channels).linear(),
                Pointwise.load(w, "to_v", channels, channels).linear(),
                Pointwise.load(w, "proj_out", channels, channels).linear(),
                true);
    }

    /** Within each frame, by 1 x 1 convolutions of which one gives q, k and v. */
    public static FrameAttention loadWithinFrames(WeightSource w, VaeNorm norm, int channels) {
        Weight all = w.weight("to_qkv.weight", 3L * channels, channels, 1, 1);
        Tensor bias = w.tensor("to_qkv.bias", 3L * channels);
        return new FrameAttention(
                norm,
                part(all, bias, 0),
                part(all, bias, 1),
                part(all, bias, 2),
                new Linear(
                        w.weight("proj.weight", channels, channels, 1, 1)
                                .reshape(channels, channels),
                        w.tensor("proj.bias", channels)),
                false);
    }

    private static Linear part(Weight all, Tensor bias, long i) {
        long channels = all.size(1);
        long from = i * channels;
        long to = from + channels;
        return new Linear(all.rows(from, to).reshape(channels, channels), bias.rows(from, to));
    }

    @Override
    public void apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        Ops ops = pass.ops();
        int n = x.size(0) * x.size(1) * x.size(2);
        int c = x.size(3);
        try (var _ = workspace.scope()) {
            Tensor h = pass.allocateLike(x, c);
            norm.apply(pass, x, Activation.NONE, h);
            Tensor rows = h.reshape(n, c);
            int batch = causal ? 1 : x.size(0);
            Tensor queries = project(workspace, q, rows, batch);
            Tensor keys = project(workspace, k, rows, batch);
            Tensor values = project(workspace, v, rows, batch);
            Tensor attended = h.reshape(batch, n / batch, 1, c);
            float scale = (float) (1 / Math.sqrt(c));
            ops.attention(queries, keys, values, plan(x), null, scale, attended);
            Tensor change = queries.reshape(n, c);
            out.apply(ops, rows, change);
            ops.axpby(1, x, 1, change, x);
        }
    }

    private static Tensor project(Workspace workspace, Linear linear, Tensor rows, int batch) {
        Tensor to = workspace.allocate(batch, 1, rows.size(0) / batch, rows.size(1));
        linear.apply(workspace.ops(), rows, to.reshape(rows.size(0), rows.size(1)));
        return to;
    }

    private AttentionPlan plan(Tensor x) {
        int frame = x.size(1) * x.size(2);
        return causal ? causalPlan(x) : AttentionPlan.dense(frame, frame);
    }

    /** A band of whole frames, as wide as all of them, whose upper edge is the query's frame. */
    private static AttentionPlan causalPlan(Tensor x) {
        int frames = x.size(0);
        int frame = x.size(1) * x.size(2);
        int n = frames * frame;
        Segment all = new Segment(0, n, List.of(), new Band(-n, 1, 0, frame, frames, 0, n));
        KeyPattern pattern = new KeyPattern(n, n, List.of(all));
        return new AttentionPlan(List.of(new AttentionPlan.Kind(pattern, TokenOrder.IDENTITY)));
    }
}
