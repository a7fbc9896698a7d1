package org.svgen.models.hunyuan15;

import org.svgen.pipeline.Request;
import org.svgen.run.Requests;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.BadInputException;

/** The sizes of one run, in latents, each of which is a token. */
record Hunyuan15Size(int frames, int height, int width) {
    private static final int PIXELS = 16;
    private static final int FRAMES = 4;

    static Hunyuan15Size of(Request request) {
        return of(request, PIXELS, FRAMES);
    }

    /**
     * @param spatial pixels that a latent stands for, each way
     * @param temporal frames that a latent frame behind the first stands for
     * @throws BadInputException naming the nearest size that the model can do
     */
    static Hunyuan15Size of(Request request, int spatial, int temporal) {
        Requests.requireSize(request, spatial, temporal);
        return new Hunyuan15Size(
                (request.frames() - 1) / temporal + 1,
                request.height() / spatial,
                request.width() / spatial);
    }

    /** With so many tokens of text behind the video. */
    VideoGeometry geometry(int text) {
        return new VideoGeometry(frames, height * width, TextPlace.LAST, text, text, width);
    }

    int tokens() {
        return frames * height * width;
    }

    /** As diffusers lays them out: [1, channels, frames, height, width]. */
    long[] latentDims(int channels) {
        return new long[] {1, channels, frames, height, width};
    }
}
