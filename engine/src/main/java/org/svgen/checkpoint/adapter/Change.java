package org.svgen.checkpoint.adapter;

import java.util.Arrays;
import org.svgen.checkpoint.HostTensor;

/** What an adapter adds to a weight. */
sealed interface Change {
    /** Adds a row, times {@code strength}. */
    void add(float[] row, int at, double strength);

    /**
     * A product of two matrices.
     *
     * @param up [rows, rank]
     * @param down [rank, columns]
     * @param scale of the product
     */
    record Product(HostTensor up, Rows down, double scale) implements Change {
        @Override
        public void add(float[] row, int at, double strength) {
            float[] factors = up.row(at);
            float[][] all = down.all();
            float[] sum = new float[row.length];
            for (int r = 0; r < factors.length; r++) {
                float factor = factors[r];
                float[] one = all[r];
                for (int k = 0; k < sum.length; k++) {
                    sum[k] += factor * one[k];
                }
            }
            float by = (float) (strength * scale);
            for (int k = 0; k < row.length; k++) {
                row[k] += by * sum[k];
            }
        }
    }

    /**
     * As many numbers as the weight has.
     *
     * @param numbers of the weight's shape
     */
    record Difference(HostTensor numbers) implements Change {
        @Override
        public void add(float[] row, int at, double strength) {
            float[] more = numbers.row(at);
            float by = (float) strength;
            for (int k = 0; k < row.length; k++) {
                row[k] += by * more[k];
            }
        }
    }

    /** The rows of a matrix that every row of a product needs, as floats since the first. */
    final class Rows {
        private final HostTensor matrix;
        private float[][] all = new float[0][];

        Rows(HostTensor matrix) {
            this.matrix = matrix;
        }

        HostTensor matrix() {
            return matrix;
        }

        private synchronized float[][] all() {
            if (all.length == 0) {
                all = new float[matrix.rows()][];
                Arrays.setAll(all, matrix::row);
            }
            return all;
        }
    }
}
