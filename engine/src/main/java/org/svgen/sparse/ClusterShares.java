package org.svgen.sparse;

import org.svgen.tensor.op.RouteBlocksOp.Limit;

/**
 * What clusters of queries get at each step.
 *
 * @param byMass whether shares are shares of the attention's mass; otherwise they are densities,
 *     which count the text that all attend to
 * @param shares by step, from 0 to 1
 * @param floor fraction of the clusters of keys that each gets at least, by step
 */
public record ClusterShares(boolean byMass, double[] shares, double[] floor) {
    /** Checks that there is a floor for each step. */
    public ClusterShares {
        if (shares.length != floor.length) {
            throw new IllegalArgumentException(
                    "%d shares, %d floors".formatted(shares.length, floor.length));
        }
    }

    /** Where lists end at a step. */
    Limit limit(int step, VideoGeometry g, int keyClusters) {
        int least = (int) (floor[step] * keyClusters);
        if (byMass) {
            return new Limit(shares[step], 0, least);
        }
        return new Limit(0, keys(shares[step], g), least);
    }

    /** Keys of the video that a query may keep, so that all pairs have that density. */
    static double keys(double density, VideoGeometry g) {
        double all = (double) g.tokens() * g.tokens();
        double there = g.videoTokens() + (double) g.promptTokens();
        double left = density * all - g.promptTokens() * there;
        return Math.clamp(left / g.videoTokens() - g.promptTokens(), 0, g.videoTokens());
    }

    /**
     * {@return the fraction of pairs that is kept if no cluster of keys is}
     *
     * @param g where text and video lie
     */
    public static double least(VideoGeometry g) {
        double text = g.promptTokens();
        double there = g.videoTokens() + text;
        return text * (there + g.videoTokens()) / ((double) g.tokens() * g.tokens());
    }

    /** About what fraction of pairs a step keeps, for costs alone. */
    double expected(int step, VideoGeometry g) {
        return Math.clamp(byMass ? shares[step] / 2 : shares[step], least(g), 1);
    }
}
