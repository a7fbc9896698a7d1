package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

class FiniteCheckTest {
    private static final int LAYERS = 3;

    /** A cache may reuse the first step of a run that goes on; memory has what was there before. */
    @Test
    void aStepThatRunsNoLayerHasCountedNothing() {
        try (Arena host = Arena.ofConfined();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 16)) {
            Tensor sample = workspace.allocate(DType.F32, 4);
            workspace.ops().fill(1, sample);
            try (var _ = workspace.scope()) {
                workspace.ops().fill(7, workspace.allocate(DType.I32, 1 << 10));
            }
            FiniteCheck check = FiniteCheck.allocate(workspace, host, LAYERS);
            assertThatCode(() -> check.require(2, 8, sample)).doesNotThrowAnyException();
            workspace.ops().fill(7, check.faults());
            assertThatThrownBy(() -> check.require(2, 8, sample))
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessage("step 3 of 8, layer 0: 7 values are NaN or infinite");
        }
    }
}
