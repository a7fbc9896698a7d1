package org.svgen.checkpoint.single;

import org.svgen.checkpoint.ChangedWeights;
import org.svgen.checkpoint.ComputedTensor;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.DType;

/**
 * Weights whose 8-bit floats became the numbers that they stand for: exact where there is no scale,
 * rounded once to f32 where there is one.
 */
record Dequantised(StoredWeights stored) implements ChangedWeights {
    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        HostTensor values = weight.values();
        if (!ScaledWeights.isFloat8(values)) {
            return weight;
        }
        HostTensor scale = weight.scale();
        if (scale == null) {
            return StoredWeight.of(new ComputedTensor(DType.BF16, values.shape(), values::row));
        }
        float[] scales = scale.row(0);
        return StoredWeight.of(
                new ComputedTensor(
                        DType.F32, values.shape(), row -> times(values.row(row), scales, row)));
    }

    private static float[] times(float[] row, float[] scales, int at) {
        float scale = scales[scales.length == 1 ? 0 : at];
        for (int i = 0; i < row.length; i++) {
            row[i] *= scale;
        }
        return row;
    }
}
