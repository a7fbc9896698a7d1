package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.SplitHeadsOp;

/** Splitting of heads, with their normalisation and rotation. */
final class Heads {
    /** Tokens that a task works on. */
    private static final int TOKENS_PER_TASK = 32;

    /** Exchanges the lanes of each pair. */
    private static final VectorShuffle<Float> NEIGHBOURS =
            VectorShuffle.fromOp(Simd.F, lane -> lane ^ 1);

    private final Parallel parallel;

    Heads(Parallel parallel) {
        this.parallel = parallel;
    }

    void split(SplitHeadsOp op) {
        Tensor x = op.x();
        Tensor out = op.out();
        Tensor cos = op.cos();
        Tensor sin = op.sin();
        HeadNorm norm = op.norm();
        int ropeFrom = op.ropeFrom();
        int tokens = x.size(1);
        int outTokens = out.size(2);
        int heads = x.size(2);
        int d = x.size(3);
        Floats from = Floats.of(x);
        Floats to = Floats.of(out);
        float @Nullable [] weight = norm.weight() == null ? null : Floats.all(norm.weight());
        float @Nullable [] bias = norm.bias() == null ? null : Floats.all(norm.bias());
        @Nullable Floats cosines = cos == null ? null : Floats.of(cos);
        @Nullable Floats sines = sin == null ? null : Floats.of(sin);
        int rotated = cos == null ? 0 : cos.size(0);
        int blocks = Math.ceilDiv(tokens, TOKENS_PER_TASK);
        parallel.run(
                x.size(0) * blocks,
                task -> {
                    int b = task / blocks;
                    int n0 = task % blocks * TOKENS_PER_TASK;
                    int count = Math.min(TOKENS_PER_TASK, tokens - n0);
                    float[] rows = Scratch.floats(Scratch.Use.INPUT, TOKENS_PER_TASK * heads * d);
                    from.load(((long) b * tokens + n0) * heads * d, rows, 0, count * heads * d);
                    normalise(norm, rows, count, heads, d, weight, bias);
                    // Tokens of this block that are rotated.
                    int first = Math.clamp(ropeFrom - n0, 0, count);
                    int last = Math.clamp(ropeFrom + rotated - n0, first, count);
                    float[] c = Scratch.floats(Scratch.Use.LEFT, TOKENS_PER_TASK * d);
                    float[] s = Scratch.floats(Scratch.Use.RIGHT, TOKENS_PER_TASK * d);
                    if (cosines != null && sines != null && first < last) {
                        long r = (long) (n0 + first - ropeFrom) * d;
                        cosines.load(r, c, 0, (last - first) * d);
                        sines.load(r, s, 0, (last - first) * d);
                        negateEven(s, (last - first) * d);
                    }
                    float[] head = Scratch.floats(Scratch.Use.OUTPUT, TOKENS_PER_TASK * d);
                    for (int h = 0; h < heads; h++) {
                        for (int j = 0; j < count; j++) {
                            int source = (j * heads + h) * d;
                            if (j >= first && j < last) {
                                rotate(rows, source, d, c, s, (j - first) * d, head, j * d);
                            } else {
                                System.arraycopy(rows, source, head, j * d, d);
                            }
                        }
                        long row = ((long) b * heads + h) * outTokens + op.outFrom() + n0;
                        to.store(head, 0, row * d, count * d);
                    }
                });
    }

    private static void normalise(
            HeadNorm norm,
            float[] x,
            int tokens,
            int heads,
            int d,
            float @Nullable [] weight,
            float @Nullable [] bias) {
        switch (norm.kind()) {
            case NONE -> {}
            case LAYER -> Norms.layer(x, tokens * heads, d, weight, bias, norm.eps());
            case RMS -> Norms.rms(x, tokens * heads, d, weight, norm.eps());
            case RMS_ACROSS -> Norms.rms(x, tokens, heads * d, weight, norm.eps());
        }
    }

    /** {@code y[2i] = x[2i] c[2i] + x[2i+1] s[2i]}, and the same for odd elements. */
    private static void rotate(
            float[] x, int from, int d, float[] c, float[] s, int table, float[] y, int to) {
        int whole = Simd.F.loopBound(d);
        for (int i = 0; i < whole; i += Simd.LANES) {
            FloatVector v = FloatVector.fromArray(Simd.F, x, from + i);
            v.rearrange(NEIGHBOURS)
                    .mul(FloatVector.fromArray(Simd.F, s, table + i))
                    .add(v.mul(FloatVector.fromArray(Simd.F, c, table + i)))
                    .intoArray(y, to + i);
        }
        for (int i = whole; i < d; i += 2) {
            float a = x[from + i];
            float b = x[from + i + 1];
            y[to + i] = a * c[table + i] + b * s[table + i];
            y[to + i + 1] = b * c[table + i + 1] + a * s[table + i + 1];
        }
    }

    /** Gives the sines of even elements the sign that they have in the rotation. */
    private static void negateEven(float[] s, int n) {
        for (int i = 0; i < n; i += 2) {
            s[i] = -s[i];
        }
    }
}
