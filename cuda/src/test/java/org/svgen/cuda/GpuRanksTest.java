package org.svgen.cuda;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.RanksContract;

/** All GPUs of this machine; where there are fewer than ranks, some do the work of several. */
@Tag("gpu")
class GpuRanksTest extends RanksContract {
    @Override
    protected List<Backend> devices(int count) {
        int there = new CudaProvider().devices();
        return IntStream.range(0, count)
                .mapToObj(i -> Backends.openRank("cuda:" + i % there, count))
                .toList();
    }

    @Override
    protected DType activation() {
        return DType.BF16;
    }
}
