package org.svgen.cuda;

import org.svgen.tensor.Backend;
import org.svgen.testkit.AttentionContract;

class EmulatedAttentionF32Test extends AttentionContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
