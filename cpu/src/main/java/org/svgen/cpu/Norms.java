package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** Normalisation of one row held in an array, in place; two passes, so that no digits cancel. */
final class Norms {
    private Norms() {}

    /** {@code x = (x - mean) / sqrt(variance + eps) * weight + bias}. */
    static void layer(
            float[] x,
            int from,
            int n,
            float @Nullable [] weight,
            float @Nullable [] bias,
            float eps) {
        float mean = sum(x, from, n) / n;
        float variance = squares(x, from, n, mean) / n;
        float scale = (float) (1 / Math.sqrt(variance + eps));
        affine(x, from, n, mean, scale, weight, bias);
    }

    /** {@code x = x / sqrt(mean(x^2) + eps) * weight}. */
    static void rms(float[] x, int from, int n, float @Nullable [] weight, float eps) {
        float scale = (float) (1 / Math.sqrt(squares(x, from, n, 0) / n + eps));
        affine(x, from, n, 0, scale, weight, null);
    }

    private static float sum(float[] x, int from, int n) {
        FloatVector s = FloatVector.zero(Simd.F);
        int whole = Simd.F.loopBound(n);
        for (int i = 0; i < whole; i += Simd.LANES) {
            s = s.add(FloatVector.fromArray(Simd.F, x, from + i));
        }
        float sum = Simd.sum(s);
        for (int i = whole; i < n; i++) {
            sum += x[from + i];
        }
        return sum;
    }

    private static float squares(float[] x, int from, int n, float mean) {
        FloatVector s = FloatVector.zero(Simd.F);
        int whole = Simd.F.loopBound(n);
        for (int i = 0; i < whole; i += Simd.LANES) {
            FloatVector d = FloatVector.fromArray(Simd.F, x, from + i).sub(mean);
            s = d.fma(d, s);
        }
        float sum = Simd.sum(s);
        for (int i = whole; i < n; i++) {
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
        for (int i = 0; i < whole; i += Simd.LANES) {
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
}
