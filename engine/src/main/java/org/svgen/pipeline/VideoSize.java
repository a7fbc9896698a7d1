package org.svgen.pipeline;

import org.svgen.tensor.BadInputException;

/**
 * How large and how long a video is. Models make some sizes only: {@link VideoPipeline#check}.
 *
 * @param width pixels
 * @param height pixels
 * @param frames video frames
 * @param fps frames per second; no influence on the content
 */
public record VideoSize(int width, int height, int frames, double fps) {
    /**
     * Checks what each field takes.
     *
     * @throws BadInputException naming the first field that is wrong
     */
    public VideoSize {
        Rules.WIDTH.require(width);
        Rules.HEIGHT.require(height);
        Rules.FRAMES.require(frames);
        Rules.FPS.require(fps);
    }
}
