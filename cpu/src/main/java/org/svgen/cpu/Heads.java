package org.svgen.cpu;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Ops.HeadNorm;
import org.svgen.tensor.Tensor;

/** Splitting of heads, with their normalisation and rotation. */
final class Heads {
    private static final int GRAIN = 32;

    private final Parallel parallel;

    Heads(Parallel parallel) {
        this.parallel = parallel;
    }

    void split(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int ropeFrom,
            Tensor out) {
        int tokens = x.size(1);
        int heads = x.size(2);
        int d = x.size(3);
        Floats from = Floats.of(x);
        Floats to = Floats.of(out);
        float @Nullable [] weight = norm.weight() == null ? null : Floats.all(norm.weight());
        float @Nullable [] bias = norm.bias() == null ? null : Floats.all(norm.bias());
        @Nullable Floats cosines = cos == null ? null : Floats.of(cos);
        @Nullable Floats sines = sin == null ? null : Floats.of(sin);
        int rotated = cos == null ? 0 : cos.size(0);
        parallel.ranges(
                (long) x.size(0) * tokens,
                GRAIN,
                (first, count) -> {
                    float[] row = Scratch.floats(Scratch.Use.INPUT, heads * d);
                    float[] c = Scratch.floats(Scratch.Use.LEFT, d);
                    float[] s = Scratch.floats(Scratch.Use.RIGHT, d);
                    for (long i = first; i < first + count; i++) {
                        long b = i / tokens;
                        int n = (int) (i % tokens);
                        from.load(i * heads * d, row, 0, heads * d);
                        int r = n - ropeFrom;
                        boolean rotate = cosines != null && sines != null && r >= 0 && r < rotated;
                        if (cosines != null && sines != null && rotate) {
                            cosines.load((long) r * d, c, 0, d);
                            sines.load((long) r * d, s, 0, d);
                        }
                        for (int h = 0; h < heads; h++) {
                            normalise(norm, row, h * d, d, weight, bias);
                            if (rotate) {
                                rotate(row, h * d, d, c, s);
                            }
                            to.store(row, h * d, ((b * heads + h) * tokens + n) * d, d);
                        }
                    }
                });
    }

    private static void normalise(
            HeadNorm norm,
            float[] row,
            int at,
            int d,
            float @Nullable [] weight,
            float @Nullable [] bias) {
        switch (norm.kind()) {
            case NONE -> {}
            case LAYER -> Norms.layer(row, at, d, weight, bias, norm.eps());
            case RMS -> Norms.rms(row, at, d, weight, norm.eps());
        }
    }

    private static void rotate(float[] row, int at, int d, float[] c, float[] s) {
        for (int i = 0; i < d; i += 2) {
            float a = row[at + i];
            float b = row[at + i + 1];
            row[at + i] = a * c[i] - b * s[i];
            row[at + i + 1] = b * c[i + 1] + a * s[i + 1];
        }
    }
}
