package org.svgen.checkpoint.single;

import org.svgen.checkpoint.ChangedWeights;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.DType;

/** Weights of 8-bit floats with the scales that lie beside them in their file. */
record ScaledWeights(StoredWeights stored, Scales scales) implements ChangedWeights {
    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        if (!isFloat8(weight.values())) {
            return weight;
        }
        return new StoredWeight(weight.values(), weight.dtype(), scales.of(name, weight.shape()));
    }

    static boolean isFloat8(HostTensor values) {
        return values.dtype() == DType.F8_E4M3 || values.dtype() == DType.F8_E5M2;
    }
}
