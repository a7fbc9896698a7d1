package org.svgen.cuda.product;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.Tensor;

/** Rows as e4m3 with a scale each, by quantise.cu. */
final class QuantisedRows {
    /** Groups of eight elements that a thread holds. */
    private static final int EACH = 4;

    private static final int FEWEST_THREADS = 128;
    private static final int MOST_THREADS = 1024;

    /** Elements of the longest rows. */
    static final int LONGEST = MOST_THREADS * EACH * 8;

    private final Gpu gpu;

    QuantisedRows(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * Rounds m rows of both inputs, bf16, side by side.
     *
     * @param values address of the rounded rows
     * @param scales address of an f32 a row
     */
    void quantise(Tensor x, @Nullable Tensor y, int m, long values, long scales) {
        int k = x.size(-1);
        int l = y == null ? 0 : y.size(-1);
        int threads = FEWEST_THREADS;
        while (threads * EACH * 8 < k + l) {
            threads *= 2;
        }
        gpu.kernel("quantise", "quantise_rows")
                .struct()
                .pointer(x)
                .pointer(y)
                .pointer(values)
                .pointer(scales)
                .i32(k)
                .i32(l)
                .end()
                .start(m, 1, 1, threads);
    }
}
