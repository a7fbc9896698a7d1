package org.svgen.lab.metrics;

import java.util.Arrays;
import java.util.Objects;
import org.svgen.tensor.Tensor;

/**
 * Peak signal-to-noise ratio of videos with values in 0..1, in decibel. Tensors are host F32
 * [frames, height, width, channels] of equal shape.
 */
public final class Psnr {
    private Psnr() {}

    /**
     * {@return mean squared error of each frame}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b frames of the same size
     */
    public static double[] meanSquaredErrors(Tensor a, Tensor b) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        Planes.requireSameVideo(a, b);
        return Planes.overFrames(
                a,
                b,
                (x, y) -> {
                    double sum = 0;
                    for (int i = 0; i < x.length; i++) {
                        double d = (double) x[i] - y[i];
                        sum += d * d;
                    }
                    return sum / x.length;
                },
                Planes.SILENT);
    }

    /**
     * {@return the mean of the frames' ratios, as the official Sparse VideoGen code reports it;
     * infinite as soon as one frame is identical}
     *
     * @param meanSquaredErrors of each frame, of values in 0..1
     */
    public static double meanOverFrames(double[] meanSquaredErrors) {
        Objects.requireNonNull(meanSquaredErrors, "meanSquaredErrors");
        return Arrays.stream(meanSquaredErrors).map(Psnr::of).average().orElse(Double.NaN);
    }

    /**
     * {@return the ratio of the mean error over all frames, the standard for videos}
     *
     * @param meanSquaredErrors of each frame, of values in 0..1
     */
    public static double pooled(double[] meanSquaredErrors) {
        Objects.requireNonNull(meanSquaredErrors, "meanSquaredErrors");
        return of(Arrays.stream(meanSquaredErrors).average().orElse(Double.NaN));
    }

    /**
     * {@return the ratio of the changes from frame to frame: of {@code a[t + 1] - a[t]} and the
     * same of {@code b}, by their mean squared error over the whole video and a peak of 1. It falls
     * where one video flickers and the other does not. Infinite for equal changes, NaN for a single
     * frame}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b frames of the same size
     */
    public static double ofChanges(Tensor a, Tensor b) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        Planes.requireSameVideo(a, b);
        if (a.size(0) < 2) {
            return Double.NaN;
        }
        double sum = 0;
        double[] before = difference(a.get(0), b.get(0));
        for (int t = 1; t < a.size(0); t++) {
            double[] now = difference(a.get(t), b.get(t));
            for (int i = 0; i < now.length; i++) {
                double d = now[i] - before[i];
                sum += d * d;
            }
            before = now;
        }
        return of(sum / ((double) before.length * (a.size(0) - 1)));
    }

    private static double[] difference(Tensor a, Tensor b) {
        float[] x = a.toFloats();
        float[] y = b.toFloats();
        double[] out = new double[x.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (double) x[i] - y[i];
        }
        return out;
    }

    /**
     * {@return {@code -10 log10(mse)}; infinite for 0}
     *
     * @param meanSquaredError of values in 0..1
     */
    public static double of(double meanSquaredError) {
        return meanSquaredError == 0
                ? Double.POSITIVE_INFINITY
                : -10 * Math.log10(meanSquaredError);
    }
}
