package org.svgen.cpu;

import java.util.List;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.RanksContract;
import org.svgen.testkit.TestDevice;

class CpuRanksTest extends RanksContract {
    @Override
    protected List<Backend> devices(int count) {
        return TestDevice.ranks(count);
    }
}
