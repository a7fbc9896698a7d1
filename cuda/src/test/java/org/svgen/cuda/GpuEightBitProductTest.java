package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.EightBitProductContract;

/** On Hopper: other GPUs refuse such products. */
@Tag("gpu")
class GpuEightBitProductTest extends EightBitProductContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
