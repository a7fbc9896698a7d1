package org.svgen.checkpoint.adapter;

import java.util.Arrays;
import org.svgen.checkpoint.DeviceRows;
import org.svgen.checkpoint.HostTensor;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;

/** What an adapter adds to a weight. */
sealed interface Change {
    /** Adds a row, times {@code strength}. */
    void add(float[] row, int at, double strength);

    /**
     * Adds rows where they are, times {@code strength}.
     *
     * @param from the first row
     * @param rows F32 [rows, columns]
     */
    void add(Workspace workspace, int from, Tensor rows, double strength);

    /** Bytes of the workspace that this takes of so many rows at once. */
    long workspaceBytes(int rows, int columns);

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
            float[] sum = new float[row.length];
            down.addTo(sum, up.row(at));
            float by = (float) (strength * scale);
            for (int k = 0; k < row.length; k++) {
                row[k] += by * sum[k];
            }
        }

        @Override
        public void add(Workspace workspace, int from, Tensor rows, double strength) {
            try (Workspace.Scope scope = workspace.scope()) {
                Tensor factors = workspace.allocate(DType.F32, rows.size(0), rank());
                DeviceRows.bring(up, workspace, from, factors);
                Tensor columns = workspace.allocate(DType.F32, rows.size(1), rank());
                down.transposed(workspace, columns);
                Tensor product = workspace.allocate(DType.F32, rows.shape().dims());
                workspace.ops().linear(factors, Weight.of(columns), null, Activation.NONE, product);
                workspace.ops().axpby(1, rows, (float) (strength * scale), product, rows);
            }
        }

        private int rank() {
            return down.matrix.rows();
        }

        @Override
        public long workspaceBytes(int rows, int columns) {
            int rank = rank();
            long product =
                    DeviceRows.bytes(columns, rank)
                            + Math.max(
                                    DeviceRows.bytes(rank, columns)
                                            + DeviceRows.bringBytes(down.matrix, rank, columns),
                                    DeviceRows.bytes(rows, columns));
            return DeviceRows.bytes(rows, rank)
                    + Math.max(DeviceRows.bringBytes(up, rows, rank), product);
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

        @Override
        public void add(Workspace workspace, int from, Tensor rows, double strength) {
            try (Workspace.Scope scope = workspace.scope()) {
                Tensor more = workspace.allocate(DType.F32, rows.shape().dims());
                DeviceRows.bring(numbers, workspace, from, more);
                workspace.ops().axpby(1, rows, (float) strength, more, rows);
            }
        }

        @Override
        public long workspaceBytes(int rows, int columns) {
            return DeviceRows.bytes(rows, columns) + DeviceRows.bringBytes(numbers, rows, columns);
        }
    }

    /** The rows of a matrix that every row of a product needs, as floats since the first. */
    final class Rows {
        private static final int AT_ONCE = 8;

        private final HostTensor matrix;
        private float[][] all = new float[0][];

        Rows(HostTensor matrix) {
            this.matrix = matrix;
        }

        /**
         * Adds rows, each times its factor, in their order; several at a time go on in registers.
         */
        private void addTo(float[] sum, float[] factors) {
            float[][] rows = all();
            int r = 0;
            for (; r + AT_ONCE <= factors.length; r += AT_ONCE) {
                addTo(sum, rows, factors, r);
            }
            for (; r < factors.length; r++) {
                float factor = factors[r];
                float[] one = rows[r];
                for (int k = 0; k < sum.length; k++) {
                    sum[k] += factor * one[k];
                }
            }
        }

        private static void addTo(float[] sum, float[][] rows, float[] factors, int r) {
            float f0 = factors[r];
            float f1 = factors[r + 1];
            float f2 = factors[r + 2];
            float f3 = factors[r + 3];
            float f4 = factors[r + 4];
            float f5 = factors[r + 5];
            float f6 = factors[r + 6];
            float f7 = factors[r + 7];
            float[] a0 = rows[r];
            float[] a1 = rows[r + 1];
            float[] a2 = rows[r + 2];
            float[] a3 = rows[r + 3];
            float[] a4 = rows[r + 4];
            float[] a5 = rows[r + 5];
            float[] a6 = rows[r + 6];
            float[] a7 = rows[r + 7];
            for (int k = 0; k < sum.length; k++) {
                float s = sum[k];
                s += f0 * a0[k];
                s += f1 * a1[k];
                s += f2 * a2[k];
                s += f3 * a3[k];
                s += f4 * a4[k];
                s += f5 * a5[k];
                s += f6 * a6[k];
                s += f7 * a7[k];
                sum[k] = s;
            }
        }

        /** Brings them to a device, as [columns, rank]. */
        private void transposed(Workspace workspace, Tensor out) {
            try (Workspace.Scope scope = workspace.scope()) {
                int rank = matrix.rows();
                Tensor there = workspace.allocate(DType.F32, rank, out.size(0));
                DeviceRows.bring(matrix, workspace, 0, there);
                workspace.ops().permute(there, new int[] {1, 0}, out);
            }
        }

        /** The same matrix gives the same rows. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Rows rows && matrix.equals(rows.matrix);
        }

        @Override
        public int hashCode() {
            return matrix.hashCode();
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
