package org.svgen.models.cosmos;

import java.util.Objects;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/** Projections into heads, each normalised, and back (diffusers: {@code CosmosAttnProcessor}). */
record CosmosAttention(Linear q, Linear k, Linear v, HeadNorm qNorm, HeadNorm kNorm, Linear out) {
    private static final float EPS = 1e-6f;

    /**
     * @param from width of what is attended to
     */
    static CosmosAttention load(CosmosConfig c, WeightSource w, int from) {
        int width = c.width();
        return new CosmosAttention(
                Linear.load(w, "to_q", width, width, false),
                Linear.load(w, "to_k", from, width, false),
                Linear.load(w, "to_v", from, width, false),
                norm(c, w, "norm_q"),
                norm(c, w, "norm_k"),
                Linear.load(w, "to_out.0", width, width, false));
    }

    private static HeadNorm norm(CosmosConfig c, WeightSource w, String name) {
        Tensor weight = w.tensor(name + ".weight", c.headDim());
        return new HeadNorm(HeadNorm.Kind.RMS, weight, null, EPS);
    }

    /**
     * Projects {@code x} and splits it into heads, without rotation.
     *
     * @param x [N, C]
     * @param rows scratch [1, N, H, D]
     * @param to [1, H, N, D]
     */
    static void project(
            Ops ops, Tensor x, Linear projection, HeadNorm norm, Tensor rows, Tensor to) {
        projection.apply(ops, x, flat(rows));
        ops.splitHeads(rows, norm, null, null, 0, to);
    }

    /**
     * As above, rotated. Cosmos pairs element i of a head with element i + D / 2, our rotation
     * neighbours; queries and keys may be permuted alike without changing their products.
     *
     * @param halves scratch [1, N, H, D]
     */
    static void project(
            Workspace workspace,
            Tensor x,
            Linear projection,
            HeadNorm norm,
            CosmosRope rope,
            Tensor halves,
            Tensor rows,
            Tensor to) {
        Ops ops = workspace.ops();
        int n = rows.size(1);
        int heads = rows.size(2);
        int half = rows.size(3) / 2;
        projection.apply(ops, x, flat(halves));
        ops.permute(
                halves.reshape(n, heads, 2, half),
                new int[] {0, 1, 3, 2},
                rows.reshape(n, heads, half, 2));
        try (var _ = workspace.scope()) {
            Tensor weight = Objects.requireNonNull(norm.weight(), "a norm of heads");
            Tensor paired = workspace.allocate(weight.dtype(), half, 2);
            ops.permute(weight.reshape(2, half), new int[] {1, 0}, paired);
            HeadNorm same = new HeadNorm(norm.kind(), paired.reshape(2L * half), null, norm.eps());
            ops.splitHeads(rows, same, rope.cos(), rope.sin(), 0, to);
        }
    }

    /** [1, N, H, D] as [N, C]. */
    static Tensor flat(Tensor rows) {
        return rows.reshape(rows.size(1), (long) rows.size(2) * rows.size(3));
    }
}
