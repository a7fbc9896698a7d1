package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/** The same calls give the same bits, at sizes that fill a GPU. */
@Tag("gpu")
class GpuRepeatTest {
    private static final int N = 3000;
    private static final int D = 64;
    private static final int HEADS = 8;

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void theSameCallsGiveTheSameBits(DType dtype) {
        try (Backend backend = Backends.open("cuda", note -> {});
                Arena arena = Arena.ofConfined()) {
            MemorySegment first = results(backend, arena, dtype);
            for (int i = 0; i < 3; i++) {
                assertThat(results(backend, arena, dtype).mismatch(first)).isEqualTo(-1);
            }
        }
    }

    private static MemorySegment results(Backend backend, Arena arena, DType dtype) {
        Ops ops = backend.ops();
        Random random = new Random(3);
        float[] values = new float[HEADS * N * D];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Tensor x = backend.upload(Tensor.of(arena, values, 1, HEADS, N, D));
        Tensor q = device(backend, arena, dtype, 1, HEADS, N, D);
        ops.convert(x, q);
        Tensor y = device(backend, arena, dtype, 1, N, HEADS, D);
        ops.attention(q, q, q, AttentionPlan.dense(N, N), null, 0.125f, y);
        Tensor errors = device(backend, arena, DType.F32, 1, 1, HEADS);
        Tensor energies = device(backend, arena, DType.F32, 1, HEADS);
        int[] rows = random.ints(64, 0, N).toArray();
        AttentionPlan half = AttentionPlan.dense(N, N);
        ops.profile(
                q,
                q,
                q,
                rows,
                new AttentionPlan(List.of(half.kinds().getFirst())),
                N / 2,
                0.125f,
                errors,
                energies);
        Tensor product = device(backend, arena, dtype, N, N);
        Tensor matrix = y.reshape(N, HEADS * D);
        ops.linear(matrix, Weight.of(matrix), null, Activation.GELU, product);
        Tensor out = device(backend, arena, DType.F32, N, N);
        ops.groupNorm(
                product.reshape(1, N, N / 60, 60),
                4,
                ones(backend, arena, 60),
                ones(backend, arena, 60),
                1e-6f,
                null,
                null,
                null,
                Activation.SILU,
                out.reshape(1, N, N / 60, 60));
        Tensor host = Tensor.zeros(arena, DType.F32, N, N);
        backend.download(out, host);
        Tensor hostErrors = Tensor.zeros(arena, DType.F32, 1, 1, HEADS);
        backend.download(errors, hostErrors);
        MemorySegment all = arena.allocate(host.bytes() + hostErrors.bytes());
        MemorySegment.copy(host.host(), 0, all, 0, host.bytes());
        MemorySegment.copy(hostErrors.host(), 0, all, host.bytes(), hostErrors.bytes());
        return all;
    }

    private static Tensor ones(Backend backend, Arena arena, int n) {
        Tensor tensor = device(backend, arena, DType.F32, n);
        backend.ops().fill(1, tensor);
        return tensor;
    }

    private static Tensor device(Backend backend, Arena arena, DType dtype, long... dims) {
        return backend.upload(Tensor.zeros(arena, dtype, dims));
    }
}
