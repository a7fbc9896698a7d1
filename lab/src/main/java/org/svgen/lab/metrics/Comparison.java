package org.svgen.lab.metrics;

import java.util.Arrays;
import java.util.Objects;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/**
 * How close a video is to a reference. Decibel are infinite where nothing differs.
 *
 * @param frames number of frames compared
 * @param height of the videos, in pixels
 * @param width of the videos, in pixels
 * @param meanSquaredError over all values, which lie in 0..1
 * @param psnr of the mean error over all frames
 * @param psnrMeanOverFrames the mean of the frames' ratios, as the official code reports it
 * @param psnrOfChanges of the differences from frame to frame; NaN for a single frame
 * @param ssim with a Gaussian window; NaN for frames of less than 6 pixels
 * @param ssimBox with a flat window, as the official code reports it
 * @param multiScaleSsim over five scales; NaN for frames of less than {@link
 *     MultiScaleSsim#LEAST_SIZE} pixels
 */
public record Comparison(
        int frames,
        int height,
        int width,
        double meanSquaredError,
        double psnr,
        double psnrMeanOverFrames,
        double psnrOfChanges,
        double ssim,
        double ssimBox,
        double multiScaleSsim) {
    /** Pixels that frames have each way at least where {@code ssim} is a number. */
    public static final int LEAST_SIZE = 6;

    /**
     * Compares host F32 videos [frames, height, width, 3] in 0..1.
     *
     * @param reference host F32 [frames, height, width, 3] in 0..1
     * @param video the video to judge, of the same size
     * @return how close they are
     * @throws BadInputException if they differ in size
     */
    public static Comparison of(Tensor reference, Tensor video) {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(video, "video");
        double[] errors = Psnr.meanSquaredErrors(reference, video);
        int height = video.size(1);
        int width = video.size(2);
        int least = Math.min(height, width);
        return new Comparison(
                video.size(0),
                height,
                width,
                Arrays.stream(errors).average().orElse(Double.NaN),
                Psnr.pooled(errors),
                Psnr.meanOverFrames(errors),
                Psnr.ofChanges(reference, video),
                least < LEAST_SIZE ? Double.NaN : Ssim.gaussian(reference, video),
                Ssim.box(reference, video),
                least < MultiScaleSsim.LEAST_SIZE
                        ? Double.NaN
                        : MultiScaleSsim.of(reference, video));
    }
}
