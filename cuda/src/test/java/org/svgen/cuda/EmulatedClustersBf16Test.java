package org.svgen.cuda;

import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ClustersContract;

class EmulatedClustersBf16Test extends ClustersContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }
}
