package org.svgen.models.cogvideox;

import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.run.Requests;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;

/**
 * The sizes of one run.
 *
 * @param latentFrames frames that are denoised, padding included
 * @param paddingFrames leading latent frames that only fill up the last temporal patch
 * @param height latent rows
 * @param width latent columns
 */
record CogVideoXSize(
        int latentFrames, int paddingFrames, int height, int width, VideoGeometry geometry) {

    /** As diffusers lays them out: [1, frames, channels, height, width]. */
    long[] latentDims(int channels) {
        return new long[] {1, latentFrames, channels, height, width};
    }

    /**
     * @param spatial pixels a latent pixel stands for, each way
     * @throws BadInputException naming the nearest size that the model can do
     */
    static CogVideoXSize of(Request request, CogVideoXConfig c, int spatial) {
        int multiple = spatial * c.patchSize();
        // The autoencoder decodes latent frames in pairs after the first one.
        int pair = 2 * c.temporalCompression();
        Requests.requireSize(request, multiple, pair);
        int frames = (request.frames() - 1) / c.temporalCompression() + 1;
        int padding = Math.floorMod(-frames, c.patchSizeT());
        int height = request.height() / spatial;
        int width = request.width() / spatial;
        if (c.learnedPositions() && (height != c.sampleHeight() || width != c.sampleWidth())) {
            throw new BadInputException(
                    Message.of(
                            "%s %d %s %d: this model learned its positions and makes %dx%d only",
                            Rules.WIDTH.field(),
                            request.width(),
                            Rules.HEIGHT.field(),
                            request.height(),
                            c.sampleWidth() * spatial,
                            c.sampleHeight() * spatial));
        }
        int places = (height / c.patchSize()) * (width / c.patchSize());
        return new CogVideoXSize(
                frames + padding,
                padding,
                height,
                width,
                new VideoGeometry(
                        (frames + padding) / c.patchSizeT(),
                        places,
                        VideoGeometry.TextPlace.FIRST,
                        c.maxTextTokens(),
                        c.maxTextTokens(),
                        width / c.patchSize()));
    }
}
