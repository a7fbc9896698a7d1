package org.svgen.lab.metrics;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.svgen.tensor.Tensor;

/**
 * Gradient magnitude similarity deviation (Xue, Zhang, Mou and Bovik, 2013) of videos with values
 * in 0..1: 0 for equal videos, larger where edges are lost, blurred or made up. It needs no learnt
 * weights. Mean over frames.
 *
 * <p>Of each frame the luminance (0.299 R + 0.587 G + 0.114 B) is halved by means of 2 x 2 pixels.
 * Gradients are Prewitt's, with zeros around the picture, as in the authors' code. The similarity
 * of gradients a and b is {@code (2 a b + c) / (a a + b b + c)} with c = 170 for values in 0..255.
 * The result is its standard deviation over all pixels, by their number as the paper has it.
 */
public final class Gmsd {
    /** Pixels that frames have each way at least: three after halving, for one whole gradient. */
    public static final int LEAST_SIZE = 6;

    private static final double STABILITY = 170 / (255.0 * 255.0);
    private static final double[] LUMINANCE = {0.299, 0.587, 0.114};

    private Gmsd() {}

    /**
     * {@return the deviation; 0 for equal videos}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     * @throws IllegalArgumentException if a frame has less than {@link #LEAST_SIZE} pixels each way
     */
    public static double of(Tensor a, Tensor b) {
        return of(a, b, Planes.SILENT);
    }

    static double of(Tensor a, Tensor b, IntConsumer done) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        Planes.requireSameVideo(a, b);
        int height = a.size(1);
        int width = a.size(2);
        if (Math.min(height, width) < LEAST_SIZE) {
            throw new IllegalArgumentException("frames of %s are too small".formatted(a.shape()));
        }
        double[] frames =
                Planes.overFrames(
                        a,
                        b,
                        (p, q) ->
                                deviation(
                                        gradients(halved(p, height, width), width),
                                        gradients(halved(q, height, width), width)),
                        done);
        return Arrays.stream(frames).average().orElse(Double.NaN);
    }

    /** The luminance of a frame [height, width, 3], half as large; beyond an odd edge is 0. */
    private static double[] halved(float[] frame, int height, int width) {
        int half = Math.ceilDiv(width, 2);
        double[] out = new double[Math.ceilDiv(height, 2) * half];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int pixel = (y * width + x) * LUMINANCE.length;
                double luminance = 0;
                for (int c = 0; c < LUMINANCE.length; c++) {
                    luminance += LUMINANCE[c] * frame[pixel + c];
                }
                out[y / 2 * half + x / 2] += luminance / 4;
            }
        }
        return out;
    }

    /**
     * @param width of the whole frame, twice that of the plane
     */
    private static double[] gradients(double[] plane, int width) {
        int w = Math.ceilDiv(width, 2);
        int h = plane.length / w;
        double[] out = new double[plane.length];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                double across = 0;
                double down = 0;
                for (int d = -1; d <= 1; d++) {
                    across += at(plane, h, w, y + d, x + 1) - at(plane, h, w, y + d, x - 1);
                    down += at(plane, h, w, y + 1, x + d) - at(plane, h, w, y - 1, x + d);
                }
                out[y * w + x] = Math.sqrt(across * across + down * down) / 3;
            }
        }
        return out;
    }

    private static double at(double[] plane, int height, int width, int y, int x) {
        return y < 0 || y >= height || x < 0 || x >= width ? 0 : plane[y * width + x];
    }

    private static double deviation(double[] a, double[] b) {
        double[] similarity = new double[a.length];
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            similarity[i] = (2 * a[i] * b[i] + STABILITY) / (a[i] * a[i] + b[i] * b[i] + STABILITY);
            sum += similarity[i];
        }
        double mean = sum / a.length;
        double squares = 0;
        for (double s : similarity) {
            squares += (s - mean) * (s - mean);
        }
        return Math.sqrt(squares / a.length);
    }
}
