package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.EmulatedDriver;
import org.svgen.testkit.RanksContract;

/** GPUs that reach the memory of each other. */
class EmulatedRanksTest extends RanksContract {
    private int direct;
    private int staged;

    @BeforeEach
    void count() {
        direct = EmulatedDriver.directCopies();
        staged = EmulatedDriver.stagedCopies();
    }

    @AfterEach
    void oneDeviceAsBefore() {
        EmulatedGpu.set("SVGEN_EMULATED_DEVICES", 1);
        assertThat(EmulatedDriver.directCopies() > direct).isEqualTo(true);
        assertThat(EmulatedDriver.stagedCopies() == staged).isEqualTo(true);
    }

    @Override
    protected List<Backend> devices(int count) {
        return EmulatedGpu.open(count, true);
    }

    @Override
    protected DType activation() {
        return DType.BF16;
    }
}
