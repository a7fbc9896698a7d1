package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.ThreadsContract;

@Tag("gpu")
class GpuThreadsTest extends ThreadsContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
