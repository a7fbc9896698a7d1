package org.svgen.cuda;

import org.svgen.cuda.gpu.KernelNames;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.EightBitProductContract;

/** Rows are rounded by the kernel itself; stand-ins multiply them as those of Hopper shall. */
class EmulatedEightBitProductTest extends EightBitProductContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open(KernelNames.candidates(9, 0));
    }
}
