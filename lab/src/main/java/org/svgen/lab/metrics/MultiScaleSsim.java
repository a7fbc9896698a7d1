package org.svgen.lab.metrics;

import java.util.Objects;
import java.util.function.IntConsumer;
import org.svgen.tensor.Tensor;

/**
 * Multi-scale structural similarity (Wang, Simoncelli and Bovik, 2003) of videos with values in
 * 0..1: five scales, each half as large as the one before. Contrast and structure count at every
 * scale, luminance at the last. Mean over channels and frames.
 *
 * <p>This follows the authors' {@code msssim.m}: a Gaussian window of 11 x 11 pixels that stays
 * inside the picture; each scale is every second pixel of means of 2 x 2, the last line and column
 * of an odd size taken twice. A negative similarity counts as 0, and each colour channel is
 * compared by itself, as in TensorFlow's {@code tf.image.ssim_multiscale}.
 */
public final class MultiScaleSsim {
    /** Pixels that frames have each way at least: the window must fit the smallest scale. */
    public static final int LEAST_SIZE = 161;

    private static final double[] EXPONENTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

    private MultiScaleSsim() {}

    /**
     * {@return the similarity; 1 for equal videos}
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
        if (Math.min(a.size(1), a.size(2)) < LEAST_SIZE) {
            throw new IllegalArgumentException("frames of %s are too small".formatted(a.shape()));
        }
        Window window = Window.gaussian();
        return Planes.mean(a, b, (p, q, h, w) -> ofPlanes(p, q, h, w, window), done);
    }

    private static double ofPlanes(double[] a, double[] b, int height, int width, Window window) {
        double[] p = a;
        double[] q = b;
        int h = height;
        int w = width;
        double product = 1;
        for (int scale = 0; scale < EXPONENTS.length; scale++) {
            boolean last = scale == EXPONENTS.length - 1;
            Similarity s = Similarity.of(p, q, h, w, window, Window.REACH);
            double value = last ? s.whole() : s.contrastStructure();
            product *= Math.pow(Math.max(0, value), EXPONENTS[scale]);
            if (!last) {
                p = halved(p, h, w);
                q = halved(q, h, w);
                h = Math.ceilDiv(h, 2);
                w = Math.ceilDiv(w, 2);
            }
        }
        return product;
    }

    private static double[] halved(double[] plane, int height, int width) {
        int h = Math.ceilDiv(height, 2);
        int w = Math.ceilDiv(width, 2);
        double[] out = new double[h * w];
        for (int y = 0; y < h; y++) {
            int above = 2 * y * width;
            int below = Math.min(2 * y + 1, height - 1) * width;
            for (int x = 0; x < w; x++) {
                int left = 2 * x;
                int right = Math.min(left + 1, width - 1);
                double four =
                        plane[above + left]
                                + plane[above + right]
                                + plane[below + left]
                                + plane[below + right];
                out[y * w + x] = four / 4;
            }
        }
        return out;
    }
}
