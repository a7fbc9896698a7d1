package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.tensor.Tensor.phantom;

import org.junit.jupiter.api.Test;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Weight;

class TimedKernelTest {
    @Test
    void saysWhatLimitsAnOperation() {
        Op op = new LinearOp(f32(9, 4), Weight.of(f32(6, 4)), null, Activation.NONE, f32(9, 6));
        TimedKernel kernel = TimedKernel.of(Stage.DENOISE, op, new KernelTimer.Timed(op, 1e-3, 7));
        assertThat(kernel.limited(1e-12, 1).text())
                .matches(
                        "linear +1\\.0000 ms +0\\.000 GFLOP +0\\.000 TFLOP/s "
                                + " f32\\[9, 4] f32\\[6, 4] f32\\[9, 6]");
        assertThat(kernel.limited(1, 1e-12).text()).contains(" TB/s ");
        Op part = op.cut(0.5);
        kernel = TimedKernel.of(Stage.DENOISE, op, new KernelTimer.Timed(part, 1e-3, 7));
        assertThat(kernel.text()).endsWith("f32[4, 4] f32[6, 4] f32[4, 6], a part");
    }

    private static Tensor f32(long... dims) {
        return phantom(DType.F32, dims);
    }
}
