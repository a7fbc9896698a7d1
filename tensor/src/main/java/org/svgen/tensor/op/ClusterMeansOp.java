package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * The second half of a step of k-means: each centroid becomes the mean of its cluster's tokens,
 * added up in 32 bits in an order that depends on their positions alone. The centroid of an empty
 * cluster stays.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ClusterMeansOp(
        Tensor x, // [B, H, N, D]
        Tensor bounds, // I32 [B * H, blocks + 1]
        Tensor order, // I32 [B * H, N]
        int first, // the block that is cluster 0
        Tensor centroids) // F32 [B, H, C, D]
        implements Op {
    public ClusterMeansOp {
        Clustering.heads(x, "centroids", centroids);
        Clustering.bounds(bounds, Clustering.maps(x), first, centroids.size(2));
        Check.shape("order", order, Clustering.maps(x), x.size(2));
    }

    @Override
    public String name() {
        return "clusterMeans";
    }

    @Override
    public ClusterMeansOp on(UnaryOperator<Tensor> tensors) {
        return new ClusterMeansOp(
                tensors.apply(x),
                tensors.apply(bounds),
                tensors.apply(order),
                first,
                tensors.apply(centroids));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, bounds, order, centroids);
    }

    @Override
    public ClusterMeansOp part(double share) {
        return this;
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return new TokenBlocks(bounds, order).numbers(operand, x.size(2));
    }
}
