package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.BlockContract;

@Tag("gpu")
class GpuBlockBf16Test extends BlockContract {
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
