package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ScaledWeightsContract;

class CpuScaledWeightsTest extends ScaledWeightsContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
