package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Weighs centroids by what the other side of attention sees of them (iCATS): {@code out = centroids
 * M} with {@code M = sum over r of n_r o_r o_r^T}, where {@code o_r} is a centroid of the other
 * side and {@code n_r} the size of its cluster. So {@code M} is about {@code Q^T Q} for keys, and
 * {@code K^T K} for queries.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record InteractOp(
        Tensor centroids, // F32 [B, H, C, D]
        Tensor others, // F32 [B, H, R, D]
        Tensor bounds, // I32 [B * H, blocks + 1] of the other side, as GroupOp writes it
        int first, // the block that is the other side's cluster 0
        Tensor metric, // F32 [B, H, D, D], scratch: M
        Tensor out) // F32 [B, H, C, D]
        implements Op {
    public InteractOp {
        Clustering.heads(centroids, "others", others);
        Clustering.bounds(bounds, Clustering.maps(centroids), first, others.size(2));
        long d = centroids.size(3);
        Check.shape("metric", metric, centroids.size(0), centroids.size(1), d, d);
        Check.shape("out", out, centroids.shape().dims());
    }

    @Override
    public String name() {
        return "interact";
    }

    @Override
    public InteractOp on(UnaryOperator<Tensor> tensors) {
        return new InteractOp(
                tensors.apply(centroids),
                tensors.apply(others),
                tensors.apply(bounds),
                first,
                tensors.apply(metric),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), centroids, others, bounds, metric, out);
    }

    @Override
    public double operations() {
        return 2.0 * metric.elements() * (others.size(2) + centroids.size(2));
    }

    @Override
    public double bytes() {
        return Operands.bytes(tensors()) - metric.bytes();
    }

    /** Fewer heads. */
    @Override
    public InteractOp part(double share) {
        Tensor few = Cut.heads(centroids, share);
        return new InteractOp(
                few,
                Cut.heads(others, share),
                Cut.resized(bounds, 0, few.size(1)),
                first,
                Cut.heads(metric, share),
                Cut.heads(out, share));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return Clustering.numbers(bounds, operand);
    }
}
