package org.svgen.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** Operands and result of one call on {@link StructuredInputs}, on a device. */
final class StructuredCall {
    private static final int OPERANDS = 3; // q, k, v

    private final Tensor[] operands = new Tensor[OPERANDS]; // [1, H, N, D]
    private final Tensor staged; // F32 [1, H, N, D]
    private final Tensor out; // [1, N, H, D]

    StructuredCall(Workspace ws, AttentionShape s) {
        int n = s.geometry().tokens();
        for (int i = 0; i < OPERANDS; i++) {
            operands[i] = ws.allocate(1, StructuredInputs.HEADS, n, s.headDim());
        }
        staged = ws.allocate(DType.F32, operands[0].shape().dims());
        out = ws.allocate(1, n, StructuredInputs.HEADS, s.headDim());
    }

    /** Draws the operands, as {@link StructuredInputs#fill} says. */
    void fill(Workspace ws, StructuredInputs inputs, int call, double noise, double sharpness) {
        int n = Math.toIntExact(staged.elements());
        float[][] drawn = {new float[n], new float[n], new float[n]};
        inputs.fill(call, noise, sharpness, drawn[0], drawn[1], drawn[2]);
        for (int i = 0; i < OPERANDS; i++) {
            try (Arena arena = Arena.ofConfined()) {
                ws.backend().write(Tensor.of(arena, drawn[i], staged.shape().dims()), staged);
            }
            ws.ops().convert(staged, operands[i]);
        }
    }

    void attend(Workspace ws, AttentionPolicy policy, int layer) {
        try (Workspace.Scope scope = ws.scope()) {
            policy.attend(ws, layer, operands[0], operands[1], operands[2], out);
        }
    }

    Tensor out() {
        return out;
    }

    /**
     * The squared error of each head, as a share of the squares of what is exact.
     *
     * @param exact [1, tokens, heads, channels], in host memory
     * @param found of the same shape and type, in host memory
     */
    static double[] shares(Tensor exact, Tensor found) {
        int tokens = exact.size(1);
        int heads = exact.size(2);
        int channels = exact.size(3);
        return IntStream.range(0, heads)
                .mapToDouble(head -> {
                    double[][] sums = new double[tokens][];
                    IntStream.range(0, tokens)
                            .parallel()
                            .forEach(token -> {
                                long from = ((long) token * heads + head) * channels;
                                sums[token] = sums(exact, found, from, from + channels);
                            });
                    double error = 0;
                    double all = 0;
                    for (double[] sum : sums) { // in their order: the same bits each time
                        error += sum[0];
                        all += sum[1];
                    }
                    return error / all;
                })
                .toArray();
    }

    private static double[] sums(Tensor exact, Tensor found, long from, long to) {
        MemorySegment a = exact.host();
        MemorySegment b = found.host();
        boolean bf16 = exact.dtype() == DType.BF16;
        double error = 0;
        double all = 0;
        for (long i = from; i < to; i++) {
            double x = bf16 ? half(a, i) : a.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double y = bf16 ? half(b, i) : b.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            error += (x - y) * (x - y);
            all += x * x;
        }
        return new double[] {error, all};
    }

    private static float half(MemorySegment x, long i) {
        return BFloat16.toFloat(x.getAtIndex(ValueLayout.JAVA_SHORT, i));
    }
}
