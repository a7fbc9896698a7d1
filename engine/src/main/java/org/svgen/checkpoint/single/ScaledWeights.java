package org.svgen.checkpoint.single;

import org.svgen.checkpoint.ChangedWeights;
import org.svgen.checkpoint.CodedTensor;
import org.svgen.checkpoint.MappedTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * Weights of 8-bit floats with the scales that lie beside them in their file. Whoever reads them
 * reads the numbers: exact where there is no scale, rounded once to f32 where there is one.
 */
record ScaledWeights(StoredWeights stored, Scales scales) implements ChangedWeights {
    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        return weight.values() instanceof MappedTensor(Tensor bits) && isFloat8(bits)
                ? StoredWeight.of(CodedTensor.of(bits, scales.of(name, bits.shape())))
                : weight;
    }

    private static boolean isFloat8(Tensor bits) {
        return bits.dtype() == DType.F8_E4M3 || bits.dtype() == DType.F8_E5M2;
    }
}
