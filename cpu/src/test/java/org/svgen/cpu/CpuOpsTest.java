package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.OpsContract;

class CpuOpsTest extends OpsContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
