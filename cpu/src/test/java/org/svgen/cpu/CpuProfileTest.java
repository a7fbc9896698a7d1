package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ProfileContract;

class CpuProfileTest extends ProfileContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
