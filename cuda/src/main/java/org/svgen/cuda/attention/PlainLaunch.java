package org.svgen.cuda.attention;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Tensor;

/**
 * A launch of the kernel of attention.cu that attends, {@code Attend} there: for attention, or for
 * the partial results of a profile.
 *
 * @param plan where the plan lies on the device
 * @param rows where the queries are named that a profile looks at; 0: all
 * @param partial where partial results go; 0: there are none
 * @param splits parts of the keys
 */
record PlainLaunch(
        Tensor q,
        Tensor k,
        Tensor v,
        @Nullable Tensor out,
        long plan,
        @Nullable Tensor kinds,
        long rows,
        long partial,
        int rowCount,
        int splits,
        float scale) {
    static final String SOURCE = "attention";
    static final int THREADS = 256;

    /** Queries of a tile. */
    static final int ROWS = 64;

    private static final int KEYS = 32;

    /** Begins the launch; all arguments are given. */
    Launcher begin(Gpu gpu) {
        int dim = q.size(3);
        int pitch = Math.ceilDiv(dim, 4) * 4 + 4;
        int shared = ((ROWS + 2 * KEYS) * pitch + ROWS * (KEYS + 1)) * Float.BYTES;
        return gpu.kernel(SOURCE, "attend", shared)
                .struct()
                .elements(q)
                .elements(k)
                .elements(v)
                .elements(out)
                .pointer(plan)
                .pointer(kinds)
                .pointer(rows)
                .pointer(partial)
                .i32(q.size(1))
                .i32(q.size(2))
                .i32(k.size(2))
                .i32(dim)
                .i32(rowCount)
                .i32(splits)
                .f32(scale)
                .flag(Alignment.rows(4, dim, q, k, v))
                .end();
    }
}
