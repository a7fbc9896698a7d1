package org.svgen.cpu;

/**
 * The rows of a matrix as floats: those of a tensor, or image patches gathered as they are read.
 */
@FunctionalInterface
interface Rows {
    /** {@code to[at + i] = element (row, from + i)}. */
    void load(int row, int from, int count, float[] to, int at);

    /** Rows of {@code width} consecutive elements. */
    static Rows of(Floats x, int width) {
        return (row, from, count, to, at) -> x.load((long) row * width + from, to, at, count);
    }
}
