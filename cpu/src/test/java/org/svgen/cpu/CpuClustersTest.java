package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ClustersContract;

class CpuClustersTest extends ClustersContract {
    @Override
    protected Backend open() {
        return new CpuBackend();
    }
}
