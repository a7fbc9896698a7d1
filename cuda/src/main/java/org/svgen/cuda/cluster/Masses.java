package org.svgen.cuda.cluster;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.Tensor;

/**
 * How much of a query cluster's attention each key cluster is thought to get: routing.cu.
 *
 * @param queries F32 [B, H, Cq, D]
 * @param keys F32 [B, H, Ck, D]
 * @param bounds I32 [B * H, blocks + 1] of keys
 * @param first the block that is key cluster 0
 */
record Masses(Tensor queries, Tensor keys, Tensor bounds, int first, float scale) {
    private static final int ROWS = 256;
    private static final int COLUMNS = 32;
    private static final int THREADS = 256;

    /** Into what lies at {@code to}, F32 [B * H, Cq, Ck]. */
    void write(Gpu gpu, long to) {
        write(gpu, 0, to);
    }

    /**
     * How far off the means of key clusters are, in place of what cluster_error_sm90.cu has added
     * up.
     *
     * @param apart address of F32 [B * H, Ck], what values alone are off
     * @param sums address of F32 [B * H, Cq, Ck]
     */
    void writeErrors(Gpu gpu, long apart, long sums) {
        write(gpu, apart, sums);
    }

    private void write(Gpu gpu, long apart, long to) {
        int rows = queries.size(2);
        int clusters = keys.size(2);
        gpu.kernel("routing", "block_mass")
                .struct()
                .elements(queries)
                .elements(null)
                .elements(null)
                .pointer(bounds)
                .pointer(0)
                .elements(keys)
                .elements(null)
                .pointer(apart)
                .pointer(to)
                .i32(rows)
                .i32(clusters)
                .i32(0)
                .i32(queries.size(3))
                .i32(bounds.size(1))
                .i32(first)
                .f32(scale)
                .end()
                .start(
                        Math.ceilDiv(rows, ROWS),
                        Math.ceilDiv(clusters, COLUMNS),
                        bounds.size(0),
                        THREADS);
    }
}
