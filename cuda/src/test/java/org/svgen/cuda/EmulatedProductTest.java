package org.svgen.cuda;

import org.svgen.cuda.gpu.KernelNames;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ProductContract;

/** How kernels of Hopper are chosen and called; stand-ins compute what those shall. */
class EmulatedProductTest extends ProductContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open(KernelNames.candidates(9, 0));
    }
}
