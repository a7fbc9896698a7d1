package org.svgen.nn.joint;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.nn.Normed;
import org.svgen.nn.joint.JointBlock.Step;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * The memory of one attention call.
 *
 * @param rows [1, N, H, D]: projections on their way to heads, then what was attended to
 * @param q also k, v: [1, H, N, D]
 */
public record StreamHeads(Tensor rows, Tensor q, Tensor k, Tensor v) {
    private static final float EPS = 1e-6f;

    static StreamHeads allocate(Workspace workspace, int tokens, int heads, int width) {
        int dim = width / heads;
        return new StreamHeads(
                workspace.allocate(1, tokens, heads, dim),
                workspace.allocate(1, heads, tokens, dim),
                workspace.allocate(1, heads, tokens, dim),
                workspace.allocate(1, heads, tokens, dim));
    }

    public static HeadNorm norm(JointShape shape, WeightSource w, String name) {
        return new HeadNorm(
                HeadNorm.Kind.RMS, w.tensor(name + ".weight", shape.headDim()), null, EPS);
    }

    /** {@link #rows} as [N, C]. */
    Tensor flat() {
        return rows.reshape(rows.size(1), (long) rows.size(2) * rows.size(3));
    }

    /** Projects tokens that stand from {@code from} on, into the heads {@code to}. */
    public void fill(
            Ops ops,
            Normed x, // [n, C]
            Linear projection,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int from,
            Tensor to) {
        int n = x.values().size(0);
        Tensor part = flat().rows(from, from + n);
        projection.apply(ops, x, part);
        Tensor split = part.reshape(1, n, rows.size(2), rows.size(3));
        ops.splitHeads(split, norm, cos, sin, 0, from, to);
    }

    public void attend(Step step, int layer) {
        step.policy().attend(step.workspace(), layer, step.branch(), q, k, v, rows);
    }
}
