package org.svgen.cuda;

import org.svgen.cuda.gpu.KernelNames;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.BlockContract;

/**
 * Tables and orders are made by the kernels themselves; a stand-in attends as that of Hopper shall.
 */
class EmulatedHopperBlockTest extends BlockContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open(KernelNames.candidates(9, 0));
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }

    @Override
    protected double tolerance() {
        return 1e-2;
    }
}
