package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.CodedWeightsContract;

class EmulatedCodedWeightsF32Test extends CodedWeightsContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
