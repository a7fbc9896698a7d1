package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.OpsContract;

class EmulatedOpsF32Test extends OpsContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
