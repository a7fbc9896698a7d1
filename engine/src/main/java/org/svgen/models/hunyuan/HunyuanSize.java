package org.svgen.models.hunyuan;

import org.svgen.pipeline.Request;
import org.svgen.run.Requests;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.BadInputException;

/**
 * The sizes of one run, in latents.
 *
 * @param patch latents that a token stands for, each way
 */
record HunyuanSize(int frames, int height, int width, int patch) {

    static HunyuanSize of(Request request, HunyuanConfig c, HunyuanVaeConfig vae) {
        return of(request, c, vae.spatialRatio(), vae.temporalRatio());
    }

    /**
     * @param spatial pixels that a latent stands for, each way
     * @param temporal frames that a latent frame behind the first stands for
     * @throws BadInputException naming the nearest size that the model can do
     */
    static HunyuanSize of(Request request, HunyuanConfig c, int spatial, int temporal) {
        int multiple = spatial * c.patchSize();
        Requests.requireSize(request, multiple, temporal);
        return new HunyuanSize(
                (request.frames() - 1) / temporal + 1 + c.given().leading(),
                request.height() / spatial,
                request.width() / spatial,
                c.patchSize());
    }

    /**
     * @param prompt tokens of the prompt without padding
     */
    VideoGeometry geometry(int prompt) {
        return geometry(PromptTemplate.PROMPT_TOKENS, prompt);
    }

    /**
     * @param text tokens of text and picture, padding included
     * @param prompt those without padding
     */
    VideoGeometry geometry(int text, int prompt) {
        return new VideoGeometry(
                frames,
                (height / patch) * (width / patch),
                TextPlace.LAST,
                text,
                prompt,
                width / patch);
    }

    /** As diffusers lays them out: [1, channels, frames, height, width]. */
    long[] latentDims(int channels) {
        return new long[] {1, channels, frames, height, width};
    }
}
