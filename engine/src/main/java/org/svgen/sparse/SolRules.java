package org.svgen.sparse;

import java.util.OptionalDouble;
import org.svgen.tensor.op.BlockThreshold;

/**
 * What {@link SolAttention} keeps.
 *
 * @param tau blocks are kept whose score is more than this many standard deviations above the mean;
 *     none: as many as the density allows
 * @param density the most that a head keeps of all query-key pairs where there is no tau; text and
 *     neighbours are kept in any case
 * @param tail whether means stand in for the other blocks
 * @param order in which video tokens are cut into blocks
 * @param precision of the warm-up; other calls are in full precision
 */
public record SolRules(
        OptionalDouble tau, double density, boolean tail, BlockOrder order, Precisions precision) {
    /** Blocks that are kept on either side of a block, and itself. */
    private static final int NEAR = 1;

    /** By which the logistic function comes close to that of normal errors. */
    private static final double LOGISTIC = 1.702;

    BlockThreshold threshold(VideoGeometry g, VideoBlocks blocks) {
        return new BlockThreshold(
                blocks.videoFrom(),
                blocks.videoTo(),
                NEAR,
                tau,
                density,
                (double) g.tokens() * g.tokens());
    }

    /**
     * {@return the fraction of pairs that is kept in any case}
     *
     * @param g where text and video lie
     */
    public double least(VideoGeometry g) {
        VideoBlocks blocks = VideoBlocks.of(g, 0);
        BlockThreshold threshold = threshold(g, blocks);
        double kept = 0;
        for (int i = 0; i < blocks.count(); i++) {
            for (int j = 0; j < blocks.count(); j++) {
                kept += threshold.always(i, j) ? (double) blocks.size(i) * blocks.size(j) : 0;
            }
        }
        return kept / threshold.allPairs();
    }

    /** What is probably kept: as scores that are normally distributed have it. */
    double expected(VideoBlocks blocks) {
        if (tau.isEmpty()) {
            return density;
        }
        double above = 1 / (1 + Math.exp(LOGISTIC * tau.getAsDouble()));
        return Math.min(1, above + (2.0 * NEAR + 1) / blocks.count());
    }
}
