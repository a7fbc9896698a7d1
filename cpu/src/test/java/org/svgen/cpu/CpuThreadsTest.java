package org.svgen.cpu;

import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.ThreadsContract;

class CpuThreadsTest extends ThreadsContract {
    @Override
    protected Backend open() {
        return Backends.open("cpu", note -> {});
    }
}
