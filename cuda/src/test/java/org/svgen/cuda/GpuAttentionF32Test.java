package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.AttentionContract;

@Tag("gpu")
class GpuAttentionF32Test extends AttentionContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
