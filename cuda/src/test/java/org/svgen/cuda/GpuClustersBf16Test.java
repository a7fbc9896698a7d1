package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.ClustersContract;

@Tag("gpu")
class GpuClustersBf16Test extends ClustersContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }

    @Override
    protected DType activations() {
        return DType.BF16;
    }

    /** Where the GPU has kernels that round centroids. */
    @Override
    protected double coarse() {
        return 1e-2;
    }
}
