package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BiasedAttentionOp;

/** Attention of a few hundred tokens with an additive bias, as text encoders have it. */
final class BiasedAttention {
    private final Parallel parallel;

    BiasedAttention(Parallel parallel) {
        this.parallel = parallel;
    }

    void apply(BiasedAttentionOp op) {
        int n = op.q().size(0);
        int heads = op.q().size(1);
        int d = op.q().size(2);
        int wide = Simd.roundUp(d);
        Floats qs = Floats.of(op.q());
        Floats biases = Floats.of(op.bias());
        Floats to = Floats.of(op.out());
        parallel.run(
                heads,
                h -> {
                    float[] keys = head(op.k(), h, Scratch.Use.LEFT);
                    float[] values = head(op.v(), h, Scratch.Use.RIGHT);
                    float[] query = new float[wide];
                    float[] sum = new float[wide];
                    float[] scores = new float[Simd.roundUp(n)];
                    for (int i = 0; i < n; i++) {
                        qs.load(((long) i * heads + h) * d, query, 0, d);
                        biases.load(((long) h * n + i) * n, scores, 0, n);
                        row(query, keys, values, wide, n, op.scale(), scores, sum);
                        to.store(sum, 0, ((long) i * heads + h) * d, d);
                    }
                });
    }

    private static float[] head(Tensor x, int h, Scratch.Use use) {
        int n = x.size(0);
        int d = x.size(2);
        int wide = Simd.roundUp(d);
        float[] to = Scratch.floats(use, n * wide);
        Floats from = Floats.of(x);
        for (int i = 0; i < n; i++) {
            from.load(((long) i * x.size(1) + h) * d, to, i * wide, d);
            java.util.Arrays.fill(to, i * wide + d, (i + 1) * wide, 0);
        }
        return to;
    }

    /** {@code scores} comes as the row's bias. */
    private static void row(
            float[] query,
            float[] keys,
            float[] values,
            int wide,
            int n,
            float scale,
            float[] scores,
            float[] sum) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            FloatVector s = FloatVector.zero(Simd.F);
            for (int i = 0; i < wide; i += Simd.LANES) {
                s =
                        FloatVector.fromArray(Simd.F, keys, j * wide + i)
                                .fma(FloatVector.fromArray(Simd.F, query, i), s);
            }
            scores[j] += scale * Simd.sum(s);
            max = Math.max(max, scores[j]);
        }
        java.util.Arrays.fill(sum, 0);
        float total = 0;
        for (int j = 0; j < n; j++) {
            float p = (float) Math.exp(scores[j] - max);
            total += p;
            for (int i = 0; i < wide; i += Simd.LANES) {
                FloatVector.fromArray(Simd.F, values, j * wide + i)
                        .fma(
                                FloatVector.broadcast(Simd.F, p),
                                FloatVector.fromArray(Simd.F, sum, i))
                        .intoArray(sum, i);
            }
        }
        for (int i = 0; i < wide; i++) {
            sum[i] /= total;
        }
    }
}
