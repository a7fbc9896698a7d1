package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * Rows of a matrix that others are multiplied by, laid out by column.
 *
 * @param values [depth, pitch]; column {@code c} is row {@code c} of the matrix, zeros behind the
 *     last
 * @param count how many rows the matrix has
 */
record Columns(float[] values, int count) {
    /** Rows that are multiplied at once. */
    static final int ROWS = 4;

    /**
     * Of {@code count} rows of {@code depth} elements, from element {@code from} of {@code x} on.
     */
    static Columns of(Floats x, long from, int count, int depth) {
        int pitch = Simd.roundUp(count);
        float[] row = new float[depth];
        float[] values = new float[depth * pitch];
        for (int c = 0; c < count; c++) {
            x.load(from + (long) c * depth, row, 0, depth);
            for (int i = 0; i < depth; i++) {
                values[i * pitch + c] = row[i];
            }
        }
        return new Columns(values, count);
    }

    int pitch() {
        return Simd.roundUp(count);
    }

    /** {@code to[r, c] = rows[r] . column c} for {@link #ROWS} rows, each of {@code depth}. */
    void dots(float[] rows, int depth, float[] to) {
        int pitch = pitch();
        for (int c = 0; c < pitch; c += Simd.LANES) {
            FloatVector a0 = FloatVector.zero(Simd.F);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int i = 0; i < depth; i++) {
                FloatVector column = FloatVector.fromArray(Simd.F, values, i * pitch + c);
                a0 = column.fma(FloatVector.broadcast(Simd.F, rows[i]), a0);
                a1 = column.fma(FloatVector.broadcast(Simd.F, rows[depth + i]), a1);
                a2 = column.fma(FloatVector.broadcast(Simd.F, rows[2 * depth + i]), a2);
                a3 = column.fma(FloatVector.broadcast(Simd.F, rows[3 * depth + i]), a3);
            }
            a0.intoArray(to, c);
            a1.intoArray(to, pitch + c);
            a2.intoArray(to, 2 * pitch + c);
            a3.intoArray(to, 3 * pitch + c);
        }
    }
}
