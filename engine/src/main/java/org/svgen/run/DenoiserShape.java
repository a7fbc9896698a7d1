package org.svgen.run;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;

/**
 * The sizes of a denoiser's pass, as its attention sees it.
 *
 * @param geometries where text and video lie, by branch of guidance: 1 or 2. They differ in the
 *     length of the text alone, and where they do, branches attend one after the other.
 * @param layers that attend to themselves
 * @param heads of a layer
 * @param headDim elements of a head
 * @param official the official rules for this family of models
 * @param firstFrameSink whether sparse heads attend to all of the first frame, in every mode but
 *     the official one, which has a sink of its own
 */
public record DenoiserShape(
        List<VideoGeometry> geometries,
        int layers,
        int heads,
        int headDim,
        OfficialRules official,
        boolean firstFrameSink) {
    /** Checks that nothing is null, and that branches show the same video. */
    public DenoiserShape {
        geometries = List.copyOf(geometries);
        Objects.requireNonNull(official, "official");
        VideoGeometry first = geometries.getFirst();
        if (geometries.stream().anyMatch(g -> g.videoTokens() != first.videoTokens())) {
            throw new IllegalArgumentException("branches of different videos: " + geometries);
        }
    }

    /**
     * Branches whose texts are equally long.
     *
     * @param geometry where text and video lie
     * @param layers that attend to themselves
     * @param heads of a layer
     * @param headDim elements of a head
     * @param branches of guidance: 1 or 2
     * @param official the official rules for this family of models
     * @param firstFrameSink whether sparse heads attend to all of the first frame
     */
    public DenoiserShape(
            VideoGeometry geometry,
            int layers,
            int heads,
            int headDim,
            int branches,
            OfficialRules official,
            boolean firstFrameSink) {
        this(
                Collections.nCopies(branches, Objects.requireNonNull(geometry, "geometry")),
                layers,
                heads,
                headDim,
                official,
                firstFrameSink);
    }

    /** {@return branches of guidance} */
    public int branches() {
        return geometries.size();
    }

    /** {@return where text and video lie in the longest branch} */
    public VideoGeometry geometry() {
        return Collections.max(geometries, Comparator.comparingInt(VideoGeometry::tokens));
    }

    /** {@return true if all branches are equally long} */
    boolean even() {
        return geometries.stream().distinct().count() == 1;
    }

    /** One branch alone. */
    DenoiserShape ofBranch(int branch) {
        return new DenoiserShape(
                List.of(geometries.get(branch)), layers, heads, headDim, official, firstFrameSink);
    }
}
