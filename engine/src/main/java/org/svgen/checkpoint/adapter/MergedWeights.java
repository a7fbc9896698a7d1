package org.svgen.checkpoint.adapter;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.ChangedWeights;
import org.svgen.checkpoint.ComputedTensor;
import org.svgen.checkpoint.DeviceRows;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Weights with an adapter, summed in f32.
 *
 * @param stored the weights without it
 * @param changes by the weights' names
 * @param strength by which changes count
 */
record MergedWeights(StoredWeights stored, Map<String, List<Change>> changes, double strength)
        implements ChangedWeights {
    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        List<Change> all = changes.get(name);
        if (all == null) {
            return weight;
        }
        HostTensor values = weight.values();
        return StoredWeight.of(
                new ComputedTensor(
                        DType.F32, values.shape(), new MergedRows(values, all, strength)));
    }

    /**
     * Rows of a weight with the changes; equal ones are the same numbers.
     *
     * @param values of the weight
     */
    private record MergedRows(HostTensor values, List<Change> changes, double strength)
            implements DeviceRows {
        @Override
        public float[] apply(int at) {
            float[] row = values.row(at);
            changes.forEach(change -> change.add(row, at, strength));
            return row;
        }

        @Override
        public void compute(Workspace workspace, int from, Tensor out) {
            DeviceRows.bring(values, workspace, from, out);
            changes.forEach(change -> change.add(workspace, from, out, strength));
        }

        @Override
        public long workspaceBytes(int rows, int columns) {
            return changes.stream()
                    .mapToLong(change -> change.workspaceBytes(rows, columns))
                    .reduce(DeviceRows.bringBytes(values, rows, columns), Math::max);
        }
    }
}
