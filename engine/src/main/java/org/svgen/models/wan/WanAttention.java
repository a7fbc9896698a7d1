package org.svgen.models.wan;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/** Projections into heads, all heads of a token normalised together, and back. */
record WanAttention(
        int heads, Linear q, Linear k, Linear v, HeadNorm qNorm, HeadNorm kNorm, Linear out) {

    static WanAttention load(WanConfig c, WeightSource w) {
        int width = c.width();
        return new WanAttention(
                c.heads(),
                Linear.load(w, "to_q", width, width, true),
                Linear.load(w, "to_k", width, width, true),
                Linear.load(w, "to_v", width, width, true),
                norm(c, w, "norm_q"),
                norm(c, w, "norm_k"),
                Linear.load(w, "to_out.0", width, width, true));
    }

    static HeadNorm norm(WanConfig c, WeightSource w, String name) {
        Tensor weight = w.tensor(name + ".weight", c.width());
        return new HeadNorm(HeadNorm.Kind.RMS_ACROSS, weight, null, (float) c.eps());
    }

    /**
     * Projects {@code x} and splits it into heads, without rotation.
     *
     * @param x [B, N, C]
     * @param rows scratch [B, N, H, D]
     * @param to [B, H, N, D]
     */
    static void project(
            Ops ops, Tensor x, Linear projection, HeadNorm norm, Tensor rows, Tensor to) {
        projection.apply(ops, flat(x), flat(rows));
        ops.splitHeads(rows, norm, null, null, 0, to);
    }

    /** As above, rotated. */
    static void project(
            Ops ops,
            Tensor x,
            Linear projection,
            HeadNorm norm,
            WanRope rope,
            Tensor rows,
            Tensor to) {
        projection.apply(ops, flat(x), flat(rows));
        ops.splitHeads(rows, norm, rope.cos(), rope.sin(), 0, to);
    }

    /** [B, N, C] or [B, N, H, D] as [B N, C]. */
    static Tensor flat(Tensor x) {
        long rows = (long) x.size(0) * x.size(1);
        return x.reshape(rows, x.elements() / rows);
    }
}
