package org.svgen.cuda.cluster;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.Tensor;

/**
 * Centroids in bf16, filled up to whole tiles, and each one's product with what is rounded:
 * cluster_operands.cu.
 *
 * @param maps heads of all batch entries
 * @param clusters of each
 * @param columns the same, filled up
 * @param dim channels
 */
record RoundedRows(int maps, int clusters, int columns, int dim) {
    static final String SOURCE = "cluster_operands";
    private static final int WARP = 32;
    private static final int THREADS = 256;

    /**
     * @param centroids F32 [B, H, C, D]
     * @param tile rows of a tile
     */
    static RoundedRows of(Tensor centroids, int tile) {
        int clusters = centroids.size(2);
        return new RoundedRows(
                centroids.size(0) * centroids.size(1),
                clusters,
                Math.ceilDiv(clusters, tile) * tile,
                centroids.size(3));
    }

    long bytes() {
        return (long) maps * columns * dim * Short.BYTES;
    }

    long squareBytes() {
        return (long) maps * columns * Float.BYTES;
    }

    /**
     * @param weighed what is rounded
     * @param rounded address of bf16 [maps, columns, dim]
     * @param squares address of f32 [maps, columns]
     */
    void write(Gpu gpu, Tensor centroids, Tensor weighed, long rounded, long squares) {
        gpu.kernel(SOURCE, "cluster_round")
                .struct()
                .pointer(centroids)
                .pointer(weighed)
                .pointer(rounded)
                .pointer(squares)
                .i32(maps)
                .i32(clusters)
                .i32(columns)
                .i32(dim)
                .end()
                .start((long) WARP * maps * columns, THREADS);
    }
}
