package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.PatternsContract;

@Tag("gpu")
class GpuPatternsF32Test extends PatternsContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
