package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.BlockContract;

class EmulatedBlockF32Test extends BlockContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
