package org.svgen.checkpoint;

import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * 8-bit floats with a scale beside them, by two of the names in use: {@code X.scale_weight}, one
 * number, and {@code X.weight_scale}, one number or [N, 1].
 *
 * @param kept values and scale go to the device as they are; else the numbers that they stand for
 */
record ScaledFloat8(StoredWeights stored, boolean kept) implements ChangedWeights {
    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        DType type = weight.values().dtype();
        if (type != DType.F8_E4M3 && type != DType.F8_E5M2 || !name.endsWith(".weight")) {
            return weight;
        }
        String layer = name.substring(0, name.length() - "weight".length());
        HostTensor values = weight.values();
        HostTensor scale = scale(layer, values);
        if (kept) {
            return new StoredWeight(values, type, scale);
        }
        return StoredWeight.of(
                new ComputedTensor(
                        DType.BF16,
                        values.shape(),
                        row -> {
                            float[] numbers = values.row(row);
                            float[] factors = scale.row(0);
                            float factor = factors[factors.length == 1 ? 0 : row];
                            for (int i = 0; i < numbers.length; i++) {
                                numbers[i] *= factor;
                            }
                            return numbers;
                        }));
    }

    private HostTensor scale(String layer, HostTensor values) {
        Shape any = Shape.of();
        StoredWeight found =
                stored.find(layer + "scale_weight", any)
                        .or(() -> stored.find(layer + "weight_scale", any))
                        .orElseThrow();
        Tensor scale = ((MappedTensor) found.values()).tensor();
        return new MappedTensor(scale.reshape(scale.elements() == 1 ? 1 : values.shape().size(0)));
    }
}
