package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.AttentionContract;

class EmulatedAttentionF32Test extends AttentionContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
