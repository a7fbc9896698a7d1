package org.svgen.cuda;

import org.svgen.cuda.gpu.KernelNames;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ClustersContract;

/**
 * Operands are made by the kernels themselves; stand-ins do what those of Hopper shall with them.
 */
class EmulatedHopperClustersTest extends ClustersContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open(KernelNames.candidates(9, 0));
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }

    @Override
    protected double coarse() {
        return 1e-2;
    }
}
