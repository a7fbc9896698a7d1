package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.AttentionContract;

class CpuAttentionTest extends AttentionContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
