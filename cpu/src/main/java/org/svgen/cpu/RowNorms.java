package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/** Layer and RMS normalisation of the rows of a matrix. */
final class RowNorms {
    private static final int GRAIN = 1 << 14;

    private final Parallel parallel;

    RowNorms(Parallel parallel) {
        this.parallel = parallel;
    }

    void layer(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        int c = x.size(-1);
        float @Nullable [] w = all(weight);
        float @Nullable [] b = all(bias);
        float @Nullable [] factor = all(scale);
        float @Nullable [] offset = all(shift);
        rows(
                x,
                out,
                row -> {
                    Norms.layer(row, 0, c, w, b, eps);
                    if (factor != null && offset != null) {
                        modulate(row, c, factor, offset);
                    }
                });
    }

    void rms(Tensor x, @Nullable Tensor weight, float eps, Tensor out) {
        int c = x.size(-1);
        float @Nullable [] w = all(weight);
        rows(x, out, row -> Norms.rms(row, 0, c, w, eps));
    }

    private void rows(Tensor x, Tensor out, RowFunction f) {
        int c = x.size(-1);
        Floats from = Floats.of(x);
        Floats to = Floats.of(out);
        parallel.ranges(
                x.elements() / c,
                Math.max(1, GRAIN / c),
                (first, count) -> {
                    float[] row = Scratch.floats(Scratch.Use.INPUT, Simd.roundUp(c));
                    for (long at = first * c; at < (first + count) * c; at += c) {
                        from.load(at, row, 0, c);
                        f.apply(row);
                        to.store(row, 0, at, c);
                    }
                });
    }

    /** {@code x = x (1 + scale) + shift}. */
    private static void modulate(float[] x, int n, float[] scale, float[] shift) {
        for (int i = 0; i < n; i += Simd.LANES) {
            FloatVector.fromArray(Simd.F, x, i)
                    .fma(
                            FloatVector.fromArray(Simd.F, scale, i).add(1f),
                            FloatVector.fromArray(Simd.F, shift, i))
                    .intoArray(x, i);
        }
    }

    private static float @Nullable [] all(@Nullable Tensor tensor) {
        return tensor == null ? null : Floats.all(tensor);
    }

    @FunctionalInterface
    private interface RowFunction {
        void apply(float[] row);
    }
}
