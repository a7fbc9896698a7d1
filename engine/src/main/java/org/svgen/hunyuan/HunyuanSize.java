package org.svgen.hunyuan;

import org.svgen.pipeline.Request;
import org.svgen.pipeline.Requests;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.BadInputException;

/**
 * The sizes of one run, in latents.
 *
 * @param patch latents that a token stands for, each way
 */
record HunyuanSize(int frames, int height, int width, int patch) {

    /**
     * @throws BadInputException naming the nearest size that the model can do
     */
    static HunyuanSize of(Request request, HunyuanConfig c, HunyuanVaeConfig vae) {
        int multiple = vae.spatialRatio() * c.patchSize();
        Requests.requireMultiple("--width", request.width(), multiple);
        Requests.requireMultiple("--height", request.height(), multiple);
        Requests.requireFrames(request.frames(), vae.temporalRatio());
        return new HunyuanSize(
                vae.latentFrames(request.frames()),
                request.height() / vae.spatialRatio(),
                request.width() / vae.spatialRatio(),
                c.patchSize());
    }

    /**
     * @param prompt tokens of the prompt without padding
     */
    VideoGeometry geometry(int prompt) {
        return new VideoGeometry(
                frames,
                (height / patch) * (width / patch),
                TextPlace.LAST,
                PromptTemplate.PROMPT_TOKENS,
                prompt);
    }

    /** As diffusers lays them out: [1, channels, frames, height, width]. */
    long[] latentDims(int channels) {
        return new long[] {1, channels, frames, height, width};
    }
}
