package org.svgen.vae;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * Attention of one head over the frames at each place, to a frame and those before it. Places are
 * what heads are to {@link Ops#biasedAttention}, and the bias is what hides later frames.
 */
public record TimeAttention(VaeNorm norm, Linear q, Linear k, Linear v, Linear out)
        implements VaeAttention {
    @Override
    public void apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        Ops ops = pass.ops();
        int frames = x.size(0);
        int places = x.size(1) * x.size(2);
        int c = x.size(3);
        try (var _ = workspace.scope()) {
            Tensor h = pass.allocateLike(x, c);
            norm.apply(pass, x, Activation.NONE, h);
            Tensor rows = h.reshape((long) frames * places, c);
            Tensor queries = project(workspace, q, rows, frames);
            Tensor keys = project(workspace, k, rows, frames);
            Tensor values = project(workspace, v, rows, frames);
            ops.biasedAttention(
                    queries,
                    keys,
                    values,
                    past(workspace, frames, places),
                    (float) (1 / Math.sqrt(c)),
                    h.reshape(frames, places, c));
            Tensor change = queries.reshape((long) frames * places, c);
            out.apply(ops, rows, change);
            ops.axpby(1, x, 1, change, x);
        }
    }

    private static Tensor project(Workspace workspace, Linear linear, Tensor rows, int frames) {
        Tensor to = workspace.allocate(frames, rows.size(0) / frames, rows.size(1));
        linear.apply(workspace.ops(), rows, to.reshape(rows.size(0), rows.size(1)));
        return to;
    }

    /** 0 for a frame and those before it, else minus infinity: F32 [places, frames, frames]. */
    private static Tensor past(Workspace workspace, int frames, int places) {
        float[] one = new float[frames * frames];
        for (int t = 0; t < frames; t++) {
            Arrays.fill(one, t * frames + t + 1, (t + 1) * frames, Float.NEGATIVE_INFINITY);
        }
        Tensor all = workspace.allocate(DType.F32, places, frames, frames);
        try (Arena arena = Arena.ofConfined();
                var _ = workspace.scope()) {
            Tensor mask = workspace.copyOf(Tensor.of(arena, one, 1, 1, 1, one.length));
            workspace.ops().upsampleNearest(mask, places, 1, all.reshape(places, 1, 1, one.length));
        }
        return all;
    }
}
