package org.svgen.metrics;

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
                });
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
