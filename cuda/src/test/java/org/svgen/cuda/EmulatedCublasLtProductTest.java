package org.svgen.cuda;

import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ProductContract;

/**
 * How cuBLASLt is called; a stand-in computes what it shall. What it does not take is computed by
 * Hopper's, which take less time than other kernels' own code.
 */
class EmulatedCublasLtProductTest extends ProductContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open(
                KernelNames.candidates(9, 0), EmulatedCublasLt.wanted(Wanted.CUBLASLT));
    }
}
