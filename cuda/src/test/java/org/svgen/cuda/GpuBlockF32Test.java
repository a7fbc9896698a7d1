package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.BlockContract;

@Tag("gpu")
class GpuBlockF32Test extends BlockContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
