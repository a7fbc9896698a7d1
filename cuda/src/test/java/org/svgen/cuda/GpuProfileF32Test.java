package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.ProfileContract;

@Tag("gpu")
class GpuProfileF32Test extends ProfileContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
