package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * How much of a query cluster's attention each key cluster is thought to get (SVG2): {@code
 * masses[m, c, j] = scale q_c k_j + ln n_j} of centroids {@code q_c} and {@code k_j}, where cluster
 * {@code j} has {@code n_j} keys; minus infinity where it has none.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BlockMassOp(
        Tensor queries, // F32 [B, H, Cq, D]
        Tensor keys, // F32 [B, H, Ck, D]
        Tensor bounds, // I32 [B * H, blocks + 1] of keys
        int first, // the block that is key cluster 0
        float scale,
        Tensor masses) // F32 [B * H, Cq, Ck]
        implements Op {
    public BlockMassOp {
        Clustering.heads(queries, "keys", keys);
        int maps = Clustering.maps(queries);
        Clustering.bounds(bounds, maps, first, keys.size(2));
        Check.shape("masses", masses, maps, queries.size(2), keys.size(2));
    }

    @Override
    public String name() {
        return "blockMass";
    }

    @Override
    public BlockMassOp on(UnaryOperator<Tensor> tensors) {
        return new BlockMassOp(
                tensors.apply(queries),
                tensors.apply(keys),
                tensors.apply(bounds),
                first,
                scale,
                tensors.apply(masses));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), queries, keys, bounds, masses);
    }

    @Override
    public double operations() {
        return 2.0 * masses.elements() * queries.size(3);
    }

    /** Fewer heads. */
    @Override
    public BlockMassOp part(double share) {
        Tensor few = Cut.heads(queries, share);
        return new BlockMassOp(
                few,
                Cut.heads(keys, share),
                Cut.resized(bounds, 0, few.size(1)),
                first,
                scale,
                Cut.resized(masses, 0, few.size(1)));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return Clustering.numbers(bounds, operand);
    }
}
