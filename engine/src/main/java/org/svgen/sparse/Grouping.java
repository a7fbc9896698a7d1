package org.svgen.sparse;

import org.jspecify.annotations.Nullable;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.TokenBlocks;
import org.svgen.tensor.op.Weight;

/**
 * The clusters of one side of attention. Text is a block of its own, in front of the clusters or
 * behind them, and padding is in no block.
 *
 * @param g where text and video lie
 * @param centroids F32 [B, H, clusters, D]
 * @param labels I32 [B * H, video tokens]
 * @param bounds I32 [B * H, blocks + 1]
 * @param order I32 [B * H, tokens]
 */
record Grouping(VideoGeometry g, Tensor centroids, Tensor labels, Tensor bounds, Tensor order) {
    static int textBlocks(VideoGeometry g) {
        return g.promptTokens() > 0 ? 1 : 0;
    }

    /** The block of cluster 0. */
    static int first(VideoGeometry g) {
        return g.text() == TextPlace.FIRST ? 1 : 0;
    }

    static Grouping allocate(
            Workspace workspace, VideoGeometry g, Tensor centroids, @Nullable Tensor bounds) {
        int maps = centroids.size(0) * centroids.size(1);
        long blocks = centroids.size(2) + textBlocks(g);
        return new Grouping(
                g,
                centroids,
                workspace.allocate(DType.I32, maps, g.videoTokens()),
                bounds == null ? workspace.allocate(DType.I32, maps, blocks + 1) : bounds,
                workspace.allocate(DType.I32, maps, g.tokens()));
    }

    TokenBlocks blocks() {
        return new TokenBlocks(bounds, order);
    }

    /** Tokens become the first centroids. */
    void start(Ops ops, Tensor x, Tensor starts) {
        long rows = (long) x.size(0) * x.size(1) * x.size(2);
        long count = centroids.elements() / x.size(3);
        ops.embedding(
                starts.rows(0, count),
                Weight.of(x.reshape(rows, x.size(3))),
                centroids.reshape(count, x.size(3)));
    }

    /**
     * k-means. Labels, bounds and order are those by which the centroids became what they are.
     *
     * @param other the side that gives the metric; none is Euclid's
     */
    void cluster(Workspace workspace, Tensor x, int iterations, @Nullable Grouping other) {
        try (var _ = workspace.scope()) {
            Weighing weighing = other == null ? null : Weighing.allocate(workspace, this, other);
            for (int i = 0; i < iterations; i++) {
                step(workspace.ops(), x, weighing);
            }
        }
    }

    private void step(Ops ops, Tensor x, @Nullable Weighing weighing) {
        int to = g.text() == TextPlace.LAST ? g.promptTo() : g.videoTo();
        Tensor weighed = weighing == null ? null : weighing.weigh(ops, centroids);
        ops.assign(x, g.videoFrom(), centroids, weighed, labels);
        ops.group(labels, g.videoFrom(), to, bounds, order);
        ops.clusterMeans(x, bounds, order, first(g), centroids);
    }

    /** Centroids as the other side sees them. */
    private record Weighing(Grouping other, Tensor metric, Tensor weighed) {
        static Weighing allocate(Workspace workspace, Grouping own, Grouping other) {
            Tensor c = own.centroids;
            return new Weighing(
                    other,
                    workspace.allocate(DType.F32, c.size(0), c.size(1), c.size(3), c.size(3)),
                    workspace.allocate(DType.F32, c.shape().dims()));
        }

        Tensor weigh(Ops ops, Tensor centroids) {
            ops.interact(centroids, other.centroids, other.bounds, first(other.g), metric, weighed);
            return weighed;
        }
    }
}
