package org.svgen.metrics;

import java.util.Arrays;
import java.util.Objects;
import org.svgen.tensor.Tensor;

/**
 * Structural similarity of videos with values in 0..1, per colour channel, over windows of 11 x 11
 * pixels; mean over pixels, channels and frames. Tensors are host F32 [frames, height, width,
 * channels] of equal shape.
 */
public final class Ssim {
    private static final int WINDOW = 11;
    private static final int REACH = WINDOW / 2;
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;

    private Ssim() {}

    /**
     * {@return with a flat window and zeros around the picture that count, as the official Sparse
     * VideoGen code reports it}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     */
    public static double box(Tensor a, Tensor b) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        double[] weights = new double[WINDOW];
        Arrays.fill(weights, 1.0 / WINDOW);
        return mean(a, b, new Window(weights, false));
    }

    /**
     * {@return with a Gaussian window of standard deviation 1.5 (Wang et al., 2004) and the picture
     * mirrored at its edges, the usual way}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     * @throws IllegalArgumentException if a frame is less than 6 pixels wide or high
     */
    public static double gaussian(Tensor a, Tensor b) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        if (Math.min(a.size(1), a.size(2)) <= REACH) {
            throw new IllegalArgumentException("frames of %s are too small".formatted(a.shape()));
        }
        double[] weights = new double[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            double distance = (i - REACH) / 1.5;
            weights[i] = Math.exp(-0.5 * distance * distance);
        }
        double sum = Arrays.stream(weights).sum();
        return mean(a, b, new Window(Arrays.stream(weights).map(w -> w / sum).toArray(), true));
    }

    private static double mean(Tensor a, Tensor b, Window window) {
        Planes.requireSameVideo(a, b);
        int height = a.size(1);
        int width = a.size(2);
        int channels = a.size(3);
        double[] frames =
                Planes.overFrames(
                        a,
                        b,
                        (x, y) -> {
                            double sum = 0;
                            for (int c = 0; c < channels; c++) {
                                double[] p = Planes.channel(x, c, channels);
                                double[] q = Planes.channel(y, c, channels);
                                sum += ofPlanes(p, q, height, width, window);
                            }
                            return sum / channels;
                        });
        return Arrays.stream(frames).average().orElse(Double.NaN);
    }

    private static double ofPlanes(double[] a, double[] b, int height, int width, Window window) {
        double[] meanA = window.blur(a, height, width);
        double[] meanB = window.blur(b, height, width);
        double[] meanAA = window.blur(product(a, a), height, width);
        double[] meanBB = window.blur(product(b, b), height, width);
        double[] meanAB = window.blur(product(a, b), height, width);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double varianceA = meanAA[i] - meanA[i] * meanA[i];
            double varianceB = meanBB[i] - meanB[i] * meanB[i];
            double covariance = meanAB[i] - meanA[i] * meanB[i];
            sum +=
                    (2 * meanA[i] * meanB[i] + C1)
                            * (2 * covariance + C2)
                            / ((meanA[i] * meanA[i] + meanB[i] * meanB[i] + C1)
                                    * (varianceA + varianceB + C2));
        }
        return sum / a.length;
    }

    private static double[] product(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] * b[i];
        }
        return out;
    }

    /**
     * Weighted means around each pixel.
     *
     * @param mirrored beyond an edge the picture is mirrored, without the edge itself; else it is 0
     */
    private record Window(double[] weights, boolean mirrored) {
        double[] blur(double[] plane, int height, int width) {
            double[] rows = new double[plane.length];
            int[] columns = sources(width);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double sum = 0;
                    for (int k = 0; k < WINDOW; k++) {
                        int from = columns[x + k];
                        sum += from < 0 ? 0 : weights[k] * plane[y * width + from];
                    }
                    rows[y * width + x] = sum;
                }
            }
            double[] out = new double[plane.length];
            int[] lines = sources(height);
            for (int y = 0; y < height; y++) {
                for (int k = 0; k < WINDOW; k++) {
                    int from = lines[y + k];
                    for (int x = 0; from >= 0 && x < width; x++) {
                        out[y * width + x] += weights[k] * rows[from * width + x];
                    }
                }
            }
            return out;
        }

        /** Where place {@code i - REACH} of a line of {@code n} is read; -1 for a zero. */
        private int[] sources(int n) {
            int[] out = new int[n + 2 * REACH];
            for (int i = 0; i < out.length; i++) {
                int at = i - REACH;
                if (mirrored) {
                    out[i] = at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
                } else {
                    out[i] = at < 0 || at >= n ? -1 : at;
                }
            }
            return out;
        }
    }
}
