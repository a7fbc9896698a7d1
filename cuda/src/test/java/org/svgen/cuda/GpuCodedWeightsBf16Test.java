package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.CodedWeightsContract;

@Tag("gpu")
class GpuCodedWeightsBf16Test extends CodedWeightsContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
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
