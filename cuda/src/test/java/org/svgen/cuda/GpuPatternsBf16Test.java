package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.PatternsContract;

@Tag("gpu")
class GpuPatternsBf16Test extends PatternsContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }
}
