package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.CodedWeightsContract;

class CpuCodedWeightsTest extends CodedWeightsContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
