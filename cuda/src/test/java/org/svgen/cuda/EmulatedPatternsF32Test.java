package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.PatternsContract;

class EmulatedPatternsF32Test extends PatternsContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
