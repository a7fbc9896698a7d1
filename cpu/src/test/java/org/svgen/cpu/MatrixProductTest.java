package org.svgen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;
import org.svgen.testkit.Errors;

class MatrixProductTest {
    private final Arena arena = Arena.ofAuto();

    @Test
    void doesNotDependOnTheNumberOfThreads() {
        assertThat(product(1, "vector", DType.F32)).isEqualTo(product(3, "vector", DType.F32));
    }

    @Test
    void isTheSameByEveryInstalledLibrary() {
        for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
            float[] own = product(2, "vector", dtype);
            for (String library : CpuBackend.matrixLibraries()) {
                assertThat(Errors.relative(product(2, library, dtype), own)).isLessThan(1e-6);
            }
        }
    }

    @Test
    void saysWhichProductIsUsedAndWhy() {
        try (CpuBackend backend = new CpuBackend()) {
            assertThat(backend.description()).containsPattern("matrix product.*(BLAS|fast)");
        }
        try (CpuBackend backend = new CpuBackend(1, "vector")) {
            assertThat(backend.description()).endsWith("own matrix product, as asked");
        }
        assertThatThrownBy(() -> new CpuBackend(1, "libnone.so"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("libnone.so: expected auto, vector or one of");
    }

    private float[] product(int threads, String by, DType weights) {
        Random random = new Random(7);
        Tensor x = Tensor.of(arena, floats(random, 401 * 300), 401, 300);
        Tensor bias = Tensor.of(arena, floats(random, 77), 77);
        Tensor w = Tensor.of(arena, floats(random, 77 * 300), 77, 300);
        Tensor converted = Tensor.zeros(arena, weights, 77, 300);
        Tensor out = Tensor.zeros(arena, DType.F32, 401, 77);
        try (CpuBackend backend = new CpuBackend(threads, by)) {
            backend.ops().convert(w, converted);
            backend.ops().linear(x, Weight.of(converted), bias, Activation.SILU, out);
        }
        return out.toFloats();
    }

    private static float[] floats(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
