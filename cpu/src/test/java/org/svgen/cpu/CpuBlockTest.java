package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.BlockContract;

class CpuBlockTest extends BlockContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
