package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ProfileContract;

class EmulatedProfileF32Test extends ProfileContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
