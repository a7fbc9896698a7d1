package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.EightBitProductContract;

class CpuEightBitProductTest extends EightBitProductContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
