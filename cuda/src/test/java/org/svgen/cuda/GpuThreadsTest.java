package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.testkit.ThreadsContract;

@Tag("gpu")
class GpuThreadsTest extends ThreadsContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
