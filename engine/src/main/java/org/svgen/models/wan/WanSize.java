package org.svgen.models.wan;

import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.run.Requests;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/**
 * The sizes of one run, in latents.
 *
 * @param patch latents that a token stands for, each way in space
 */
record WanSize(int frames, int height, int width, int patch) {
    /**
     * @throws BadInputException naming the nearest size that the model can do
     */
    static WanSize of(Request r, WanConfig c, WanVaeConfig vae) {
        int spatial = vae.spatialRatio();
        int temporal = vae.temporalRatio();
        Requests.requireSize(r, spatial * c.patchSize(), temporal);
        if (r.lastImage() != null && r.frames() == 1) {
            throw BadInputException.of(
                    Rules.FRAMES.field(),
                    "more than 1",
                    1,
                    Message.of(
                            "%s 1: a first and a last picture (%s) need %d frames at least",
                            Rules.FRAMES.field(), Fields.LAST_IMAGE, 1 + temporal));
        }
        WanSize size =
                new WanSize(
                        vae.latentFrames(r.frames()),
                        r.height() / spatial,
                        r.width() / spatial,
                        c.patchSize());
        int most = c.positions();
        require(Rules.FRAMES.field(), r.frames(), size.frames, most, 1 + temporal * (most - 1));
        int side = spatial * c.patchSize();
        require(Rules.HEIGHT.field(), r.height(), size.height / size.patch, most, side * most);
        require(Rules.WIDTH.field(), r.width(), size.width / size.patch, most, side * most);
        return size;
    }

    private static void require(Field field, int asked, int tokens, int most, int atMost) {
        if (tokens > most) {
            throw BadInputException.of(
                    field,
                    "at most " + atMost,
                    asked,
                    Message.of(
                            "%s %d: this model knows %d places along an axis, which is %d",
                            field, asked, most, atMost));
        }
    }

    /** As diffusers lays them out: [1, channels, frames, height, width]. */
    long[] latentDims(int channels) {
        return new long[] {1, channels, frames, height, width};
    }

    int tokens() {
        return frames * (height / patch) * (width / patch);
    }
}
