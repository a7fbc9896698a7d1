package org.svgen.server.work;

import java.util.Optional;
import org.svgen.tensor.Tensor;

/**
 * How a model's latents lie in memory.
 *
 * @param frames along time
 * @param channels of each cell
 * @param height in cells
 * @param width in cells
 * @param channelsFirst true for [1, channels, frames, height, width], false for [1, frames,
 *     channels, height, width]
 */
record LatentShape(int frames, int channels, int height, int width, boolean channelsFirst) {
    private static final int DIMENSIONS = 5;
    private static final int LEAST_CHANNELS = 4;
    private static final int[] STRIDES = {1, 2, 4, 8}; // frames of the video for one of latents

    /**
     * Of latents of a video, by which of their dimensions goes with its frames.
     *
     * @param videoFrames number of frames of the video
     * @return none if they are laid out otherwise, or if it cannot be told
     */
    static Optional<LatentShape> of(Tensor latents, int videoFrames) {
        if (latents.shape().dims().length != DIMENSIONS || latents.size(0) != 1) {
            return Optional.empty();
        }
        int one = latents.size(1);
        int two = latents.size(2);
        boolean channelsFirst = one >= LEAST_CHANNELS && goesWith(two, videoFrames);
        boolean framesFirst = two >= LEAST_CHANNELS && goesWith(one, videoFrames);
        if (channelsFirst == framesFirst) {
            return Optional.empty();
        }
        return Optional.of(like(latents, channelsFirst));
    }

    static LatentShape like(Tensor latents, boolean channelsFirst) {
        return new LatentShape(
                latents.size(channelsFirst ? 2 : 1),
                latents.size(channelsFirst ? 1 : 2),
                latents.size(3),
                latents.size(4),
                channelsFirst);
    }

    private static boolean goesWith(int latentFrames, int videoFrames) {
        for (int stride : STRIDES) {
            if (latentFrames == Math.ceilDiv(videoFrames - 1, stride) + 1) {
                return true;
            }
        }
        return false;
    }

    /** The place of a value among all. */
    long at(int frame, int channel, int y, int x) {
        long plane =
                channelsFirst ? (long) channel * frames + frame : (long) frame * channels + channel;
        return (plane * height + y) * width + x;
    }
}
