package org.svgen.cuda;

import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.PatternsContract;

class EmulatedPatternsBf16Test extends PatternsContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }
}
