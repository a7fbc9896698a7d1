package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows to columns, a square of {@link Simd#LANES} rows at a time. Zipping row {@code i} with row
 * {@code i + LANES / 2} moves one bit of each element's row number into its column number; a step
 * does that twice, so that two steps transpose a square of 16.
 */
final class Transpose {
    private static final int L = Simd.LANES;

    /** With other numbers of lanes two steps are too many or too few. */
    private static final boolean BY_STEPS = L == 16;

    private static final VectorSpecies<Integer> INDEX =
            VectorSpecies.of(int.class, Simd.F.vectorShape());
    private static final IntVector ZIP_LOW = zip(0);
    private static final IntVector ZIP_HIGH = zip(L / 2);

    private Transpose() {}

    /** Picks lanes {@code from ..} of two vectors in turn. */
    private static IntVector zip(int from) {
        int[] lanes = new int[L];
        for (int i = 0; i < L; i++) {
            lanes[i] = from + i / 2 + i % 2 * L;
        }
        return IntVector.fromArray(INDEX, lanes, 0);
    }

    /**
     * {@code y[to + c * stride + r] = x[from + r * columns + c]}.
     *
     * @param rows a multiple of {@link Simd#LANES}
     */
    static void rows(float[] x, int from, int rows, int columns, float[] y, int to, int stride) {
        int whole = BY_STEPS ? columns / L * L : 0;
        float[] half = Scratch.floats(Scratch.Use.TRANSPOSE, L * L);
        for (int r = 0; r < rows; r += L) {
            for (int c = 0; c < whole; c += L) {
                for (int i = 0; i < L / 4; i++) {
                    step(x, from + (r + i) * columns + c, L / 4 * columns, half, 4 * i * L, L);
                }
                for (int i = 0; i < L / 4; i++) {
                    step(half, i * L, L / 4 * L, y, to + (c + 4 * i) * stride + r, stride);
                }
            }
        }
        // Four rows at a time: stores then fill a cache line in few visits.
        for (int r = 0; r < rows; r += 4) {
            int at = from + r * columns;
            for (int c = whole; c < columns; c++) {
                y[to + c * stride + r] = x[at + c];
                y[to + c * stride + r + 1] = x[at + columns + c];
                y[to + c * stride + r + 2] = x[at + 2 * columns + c];
                y[to + c * stride + r + 3] = x[at + 3 * columns + c];
            }
        }
    }

    private static void step(float[] x, int from, int step, float[] y, int to, int stride) {
        IntVector a = FloatVector.fromArray(Simd.F, x, from).reinterpretAsInts();
        IntVector b = FloatVector.fromArray(Simd.F, x, from + step).reinterpretAsInts();
        IntVector c = FloatVector.fromArray(Simd.F, x, from + 2 * step).reinterpretAsInts();
        IntVector d = FloatVector.fromArray(Simd.F, x, from + 3 * step).reinterpretAsInts();
        IntVector acLow = ZIP_LOW.selectFrom(a, c);
        IntVector acHigh = ZIP_HIGH.selectFrom(a, c);
        IntVector bdLow = ZIP_LOW.selectFrom(b, d);
        IntVector bdHigh = ZIP_HIGH.selectFrom(b, d);
        ZIP_LOW.selectFrom(acLow, bdLow).reinterpretAsFloats().intoArray(y, to);
        ZIP_HIGH.selectFrom(acLow, bdLow).reinterpretAsFloats().intoArray(y, to + stride);
        ZIP_LOW.selectFrom(acHigh, bdHigh).reinterpretAsFloats().intoArray(y, to + 2 * stride);
        ZIP_HIGH.selectFrom(acHigh, bdHigh).reinterpretAsFloats().intoArray(y, to + 3 * stride);
    }
}
