package org.svgen.lab.metrics;

import java.util.Objects;
import java.util.function.IntConsumer;
import org.svgen.tensor.Tensor;

/**
 * Structural similarity of videos with values in 0..1, per colour channel, over windows of 11 x 11
 * pixels; mean over pixels, channels and frames. Tensors are host F32 [frames, height, width,
 * channels] of equal shape.
 */
public final class Ssim {
    /** Pixels that frames have each way at least for {@link #gaussian}. */
    public static final int LEAST_SIZE = Window.REACH + 1;

    private Ssim() {}

    /**
     * {@return with a flat window and zeros around the picture that count, as the official Sparse
     * VideoGen code reports it}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     */
    public static double box(Tensor a, Tensor b) {
        return box(a, b, Planes.SILENT);
    }

    static double box(Tensor a, Tensor b, IntConsumer done) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        return mean(a, b, Window.box(), done);
    }

    /**
     * {@return with a Gaussian window of standard deviation 1.5 (Wang et al., 2004) and the picture
     * mirrored at its edges, the usual way}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     * @throws IllegalArgumentException if a frame has less than {@link #LEAST_SIZE} pixels each way
     */
    public static double gaussian(Tensor a, Tensor b) {
        return gaussian(a, b, Planes.SILENT);
    }

    static double gaussian(Tensor a, Tensor b, IntConsumer done) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        if (Math.min(a.size(1), a.size(2)) < LEAST_SIZE) {
            throw new IllegalArgumentException("frames of %s are too small".formatted(a.shape()));
        }
        return mean(a, b, Window.gaussian(), done);
    }

    private static double mean(Tensor a, Tensor b, Window window, IntConsumer done) {
        return Planes.mean(
                a, b, (p, q, h, w) -> Similarity.of(p, q, h, w, window, 0).whole(), done);
    }
}
