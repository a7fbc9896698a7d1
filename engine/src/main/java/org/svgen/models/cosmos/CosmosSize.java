package org.svgen.models.cosmos;

import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.run.Requests;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/** The sizes of one run, in latents. */
record CosmosSize(int frames, int height, int width) {
    /** Pixels each way, and frames, that a latent stands for where no autoencoder says it. */
    static final int RATIO = 8;

    /**
     * @param spatial pixels that a latent stands for, each way
     * @param temporal frames that a latent frame behind the first stands for
     * @param known most frames of latents that the autoencoder knows
     * @throws BadInputException naming the nearest size that the model can do
     */
    static CosmosSize of(Request r, CosmosConfig c, int spatial, int temporal, int known) {
        int side = spatial * c.patchSize();
        Requests.requireSize(r, side, temporal);
        CosmosSize size =
                new CosmosSize(
                        (r.frames() - 1) / temporal + 1, r.height() / spatial, r.width() / spatial);
        int most = Math.min(known, c.places().get(0));
        require(Rules.FRAMES.field(), r.frames(), size.frames, most, 1 + temporal * (most - 1));
        int rows = c.places().get(1);
        require(Rules.HEIGHT.field(), r.height(), r.height() / side, rows, side * rows);
        int columns = c.places().get(2);
        require(Rules.WIDTH.field(), r.width(), r.width() / side, columns, side * columns);
        return size;
    }

    private static void require(Field field, int asked, int places, int most, int atMost) {
        if (places > most) {
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
}
