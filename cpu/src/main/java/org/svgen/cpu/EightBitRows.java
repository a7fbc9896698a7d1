package org.svgen.cpu;

import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;

/** Rows as e4m3 with a scale each, as floats again: what a product of 8 bits multiplies. */
record EightBitRows(Rows rows, float[] most) implements Rows {
    /**
     * Looks for the greatest magnitude of each row.
     *
     * @param rows m rows of k
     */
    static EightBitRows of(Parallel parallel, Rows rows, int m, int k) {
        float[] most = new float[m];
        parallel.ranges(
                m,
                Math.max(1, (1 << 14) / k),
                (first, count) -> {
                    float[] row = new float[k];
                    for (int i = (int) first; i < first + count; i++) {
                        rows.load(i, 0, k, row, 0);
                        most[i] = most(row, 0, k);
                    }
                });
        return new EightBitRows(rows, most);
    }

    /** Numbers that are none do not count: they stay what they are. */
    static float most(float[] row, int at, int n) {
        float most = 0;
        for (int i = at; i < at + n; i++) {
            float size = Math.abs(row[i]);
            most = size > most ? size : most;
        }
        return most;
    }

    /** Rows that were rounded before, of {@code k} each. */
    static Rows of(Tensor values, Tensor scales, int k) {
        Rows bits = Rows.of(Floats.of(values), k);
        float[] scale = Floats.all(scales);
        return (row, from, count, to, at) -> {
            bits.load(row, from, count, to, at);
            for (int i = at; i < at + count; i++) {
                to[i] *= scale[row];
            }
        };
    }

    @Override
    public void load(int row, int from, int count, float[] to, int at) {
        rows.load(row, from, count, to, at);
        float scale = Float8.scale(most[row]);
        float inverse = Float8.inverse(most[row]);
        for (int i = at; i < at + count; i++) {
            to[i] = Float8.e4m3(Float8.toE4m3(to[i] * inverse)) * scale;
        }
    }
}
