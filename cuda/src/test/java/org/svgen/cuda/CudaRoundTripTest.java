package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Weight;

/** Operations are handed to the GPU; none of them waits for it. */
class CudaRoundTripTest {
    @Test
    void operationsDoNotWaitForTheDevice() {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = Arena.ofConfined()) {
            Tensor x = backend.upload(Tensor.zeros(arena, DType.F32, 1, 2, 40, 16));
            Tensor rows = backend.upload(Tensor.zeros(arena, DType.F32, 40, 32));
            Tensor weight = backend.upload(Tensor.zeros(arena, DType.F32, 32, 32));
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, 40, 32));
            Tensor attended = backend.upload(Tensor.zeros(arena, DType.F32, 1, 40, 2, 16));
            int before = EmulatedGpu.roundTrips();
            for (int layer = 0; layer < 10; layer++) {
                backend.ops().linear(rows, Weight.of(weight), null, Activation.NONE, out);
                backend.ops().attention(x, x, x, AttentionPlan.dense(40, 40), null, 1, attended);
                backend.ops().fill(1, rows);
            }
            assertThat(EmulatedGpu.roundTrips()).isEqualTo(before);
            backend.synchronize();
            assertThat(EmulatedGpu.roundTrips()).isEqualTo(before + 1);
        }
    }
}
