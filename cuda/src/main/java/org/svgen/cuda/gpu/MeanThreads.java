package org.svgen.cuda.gpu;

/** Threads that share the rows of a mean: row_means.cuh. */
public final class MeanThreads {
    private static final int FEW_ROWS = 96;

    private MeanThreads() {}

    /** So many for {@code rows} that make {@code means}, as their shapes alone say. */
    public static int of(int rows, int means) {
        return rows / Math.max(1, means) < FEW_ROWS ? 128 : 256;
    }
}
