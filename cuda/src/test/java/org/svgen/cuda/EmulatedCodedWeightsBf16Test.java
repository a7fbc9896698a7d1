package org.svgen.cuda;

import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.CodedWeightsContract;

class EmulatedCodedWeightsBf16Test extends CodedWeightsContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }

    @Override
    protected double tolerance() {
        return 1e-2;
    }
}
