package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of rows that lie one behind the other in an array, in place; two passes, so that no
 * digits cancel. Each pass goes over all rows: a row's own sum, and what needs it, would wait for
 * each other.
 */
final class Norms {
    private static final int L = Simd.LANES;

    private Norms() {}

    /** {@code x = (x - mean) / sqrt(variance + eps) * weight + bias} for rows of {@code n}. */
    static void layer(
            float[] x,
            int rows,
            int n,
            float @Nullable [] weight,
            float @Nullable [] bias,
            float eps) {
        float[] means = Scratch.floats(Scratch.Use.MEANS, rows);
        float[] scales = Scratch.floats(Scratch.Use.SCALES, rows);
        for (int row = 0; row < rows; row++) {
            means[row] = sum(x, row * n, n) / n;
        }
        for (int row = 0; row < rows; row++) {
            scales[row] = squares(x, row * n, n, means[row]);
        }
        scales(scales, rows, n, eps);
        for (int row = 0; row < rows; row++) {
            affine(x, row * n, n, means[row], scales[row], weight, bias);
        }
    }

    /** {@code x = x / sqrt(mean(x^2) + eps) * weight} for rows of {@code n}. */
    static void rms(float[] x, int rows, int n, float @Nullable [] weight, float eps) {
        float[] scales = Scratch.floats(Scratch.Use.SCALES, rows);
        for (int row = 0; row < rows; row++) {
            scales[row] = squares(x, row * n, n, 0);
        }
        scales(scales, rows, n, eps);
        for (int row = 0; row < rows; row++) {
            affine(x, row * n, n, 0, scales[row], weight, null);
        }
    }

    /** From sums of squares. */
    private static void scales(float[] squares, int rows, int n, float eps) {
        for (int row = 0; row < rows; row++) {
            squares[row] = (float) (1 / Math.sqrt(squares[row] / n + eps));
        }
    }

    private static float sum(float[] x, int from, int n) {
        FloatVector s = FloatVector.zero(Simd.F);
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            FloatVector low = load(x, from + i).add(load(x, from + i + L));
            FloatVector high = load(x, from + i + 2 * L).add(load(x, from + i + 3 * L));
            s = s.add(low.add(high));
        }
        for (; i + L <= n; i += L) {
            s = s.add(load(x, from + i));
        }
        float sum = Simd.sum(s);
        for (; i < n; i++) {
            sum += x[from + i];
        }
        return sum;
    }

    private static float squares(float[] x, int from, int n, float mean) {
        FloatVector s = FloatVector.zero(Simd.F);
        FloatVector t = s;
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            FloatVector d0 = load(x, from + i).sub(mean);
            FloatVector d1 = load(x, from + i + L).sub(mean);
            FloatVector d2 = load(x, from + i + 2 * L).sub(mean);
            FloatVector d3 = load(x, from + i + 3 * L).sub(mean);
            s = d2.fma(d2, d0.fma(d0, s));
            t = d3.fma(d3, d1.fma(d1, t));
        }
        for (; i + L <= n; i += L) {
            FloatVector d = load(x, from + i).sub(mean);
            s = d.fma(d, s);
        }
        float sum = Simd.sum(s.add(t));
        for (; i < n; i++) {
            float d = x[from + i] - mean;
            sum += d * d;
        }
        return sum;
    }

    private static void affine(
            float[] x,
            int from,
            int n,
            float mean,
            float scale,
            float @Nullable [] weight,
            float @Nullable [] bias) {
        int whole = weight == null ? 0 : Simd.F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector y =
                    FloatVector.fromArray(Simd.F, x, from + i)
                            .sub(mean)
                            .mul(scale)
                            .mul(FloatVector.fromArray(Simd.F, weight, i));
            (bias == null ? y : y.add(FloatVector.fromArray(Simd.F, bias, i)))
                    .intoArray(x, from + i);
        }
        for (int i = whole; i < n; i++) {
            float y = (x[from + i] - mean) * scale;
            if (weight != null) {
                y *= weight[i];
            }
            x[from + i] = bias == null ? y : y + bias[i];
        }
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(Simd.F, x, at);
    }
}
