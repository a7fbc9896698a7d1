package org.svgen.models.wan;

import java.util.List;
import java.util.OptionalDouble;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.pipeline.Pictures;
import org.svgen.tensor.BadInputException;

/**
 * Which of Wan's pipelines a model has, as {@code model_index.json} says it.
 *
 * @param image the pipeline starts from a picture
 * @param expandTimesteps each token has a timestep of its own: 0 in a given first frame
 * @param boundary the share of noise below which {@code transformer_2} takes over; none where there
 *     is one transformer
 */
record WanKind(boolean image, boolean expandTimesteps, OptionalDouble boundary) {
    static final String HIGH = "transformer";
    static final String LOW = "transformer_2";

    private static final String BOUNDARY = "boundary_ratio";

    /**
     * @throws BadInputException if there is a second transformer without a boundary, or a boundary
     *     without a second transformer
     */
    static WanKind read(Checkpoint checkpoint) {
        Config index = checkpoint.index();
        boolean second = checkpoint.components().containsKey(LOW);
        if (second) {
            checkpoint.requireComponent(LOW, List.of(WanConfig.CLASS));
            if (!index.has(BOUNDARY)) {
                throw index.wrong(BOUNDARY, "a number from 0 to 1, since there is a " + LOW);
            }
        } else if (index.has(BOUNDARY)) {
            throw index.wrong(LOW, "the transformer for noise below " + BOUNDARY);
        }
        return new WanKind(
                checkpoint.pipelineClass().equals(WanFamily.IMAGE_TO_VIDEO),
                index.flag("expand_timesteps", false),
                second
                        ? OptionalDouble.of(index.numberIn(BOUNDARY, 0, 1))
                        : OptionalDouble.empty());
    }

    /** Which pictures requests bring. */
    Pictures pictures(WanConfig c) {
        if (expandTimesteps) {
            return image ? Pictures.FIRST : Pictures.FIRST_OR_NONE;
        }
        if (!image) {
            return Pictures.NONE;
        }
        if (c.imageDim().isEmpty()) {
            return Pictures.FIRST_AND_PERHAPS_LAST;
        }
        // Positions were learned for the tokens of two pictures; without them one is all it knows.
        return c.imagePositions().isPresent() ? Pictures.BOTH : Pictures.FIRST;
    }

    /** True if there may be a picture to encode. */
    boolean takesPictures() {
        return image || expandTimesteps;
    }

    /** True if a picture comes as channels beside the latents. */
    boolean joinsChannels() {
        return image && !expandTimesteps;
    }
}
