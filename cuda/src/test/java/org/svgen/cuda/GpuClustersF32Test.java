package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.ClustersContract;

@Tag("gpu")
class GpuClustersF32Test extends ClustersContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
