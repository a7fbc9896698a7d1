package org.svgen.run;

import java.util.Objects;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;

/**
 * The sizes of a denoiser's pass, as its attention sees it.
 *
 * @param geometry where text and video lie
 * @param layers that attend to themselves
 * @param heads of a layer
 * @param headDim elements of a head
 * @param branches of guidance, in one batch: 1 or 2
 * @param official the official rules for this family of models
 * @param firstFrameSink whether sparse heads attend to all of the first frame, in every mode but
 *     the official one, which has a sink of its own
 */
public record DenoiserShape(
        VideoGeometry geometry,
        int layers,
        int heads,
        int headDim,
        int branches,
        OfficialRules official,
        boolean firstFrameSink) {
    /** Checks that nothing is null. */
    public DenoiserShape {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(official, "official");
    }
}
