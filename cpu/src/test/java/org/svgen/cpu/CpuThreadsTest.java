package org.svgen.cpu;

import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.testkit.ThreadsContract;

class CpuThreadsTest extends ThreadsContract {
    @Override
    protected Backend open() {
        return Backends.open("cpu", note -> {});
    }
}
