package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.PatternsContract;

class CpuPatternsTest extends PatternsContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
