package org.svgen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.Op;

class CpuBackendTest {
    @Test
    void isFoundByName() {
        try (Backend backend = Backends.open("cpu", note -> {})) {
            assertThat(backend.name()).isEqualTo("cpu");
            assertThat(backend.description()).contains("threads").contains("-bit vectors");
        }
    }

    @Test
    void whereThereIsNoBackendTheArtefactsToAddAreNamed() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            assertThatThrownBy(() -> Backends.open("auto", note -> {}))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("no backend on the class path")
                    .hasMessageContaining("org.svgen:svgen-cpu");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void countsLiveAndPeakBytes() {
        try (Backend backend = new CpuBackend(1, "vector")) {
            Storage a = backend.allocate(1000);
            Storage b = backend.allocate(500);
            backend.release(a);
            backend.allocate(100);
            assertThat(backend.memory()).isEqualTo(new Backend.Memory(600, 1500));
            backend.release(b);
            assertThatThrownBy(() -> backend.release(b))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesAttentionIn8Bits() {
        Op op = in(AttentionPrecision.EIGHT_BITS);
        try (Backend backend = new CpuBackend(1, "vector")) {
            assertThat(backend.refuses(op))
                    .hasValueSatisfying(why -> assertThat(why).contains("full precision"));
            assertThat(backend.refuses(in(AttentionPrecision.FULL))).isEmpty();
            assertThatThrownBy(() -> backend.ops().run(op))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("attention in EIGHT_BITS");
        }
    }

    private static Op in(AttentionPrecision precision) {
        Tensor q = Tensor.phantom(DType.F32, 1, 1, 4, 8);
        Tensor out = Tensor.phantom(DType.F32, 1, 4, 1, 8);
        return new AttentionOp(q, q, q, AttentionPlan.dense(4, 4), null, 1, precision, out);
    }

    @Test
    void refusesMemoryThatItsThreadsCannotRead() {
        try (Backend backend = new CpuBackend(2, "vector");
                Arena confined = Arena.ofConfined()) {
            Tensor tensor = Tensor.of(confined, new float[4], 4);
            assertThatThrownBy(() -> backend.upload(tensor)).hasMessageContaining("confined");
        }
    }
}
