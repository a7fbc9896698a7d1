package org.svgen.cuda;

import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ClustersContract;

class EmulatedClustersF32Test extends ClustersContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }
}
