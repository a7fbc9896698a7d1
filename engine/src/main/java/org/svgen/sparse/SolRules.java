package org.svgen.sparse;

import java.util.OptionalDouble;
import org.svgen.tensor.op.BlockThreshold;

/**
 * What {@link SolLists} keep.
 *
 * @param tau blocks are kept whose score is more than this many standard deviations above the mean;
 *     none: as many as the density allows
 * @param density the most that a head keeps of all query-key pairs where there is no tau; text and
 *     neighbours are kept in any case
 * @param order in which video tokens are cut into blocks
 * @param together how many blocks of video that follow each other share one list as queries
 */
public record SolRules(OptionalDouble tau, double density, BlockOrder order, int together) {
    /** Blocks that are kept on either side of a block, and itself. */
    private static final int NEAR = 1;

    /** By which the logistic function comes close to that of normal errors. */
    private static final double LOGISTIC = 1.702;

    BlockThreshold threshold(VideoGeometry g, VideoBlocks blocks) {
        return new BlockThreshold(
                blocks.videoFrom(),
                blocks.videoTo(),
                NEAR,
                together,
                tau,
                density,
                (double) g.tokens() * g.tokens());
    }

    /** What is probably kept: as scores that are normally distributed have it. */
    double expected(VideoBlocks blocks) {
        if (tau.isEmpty()) {
            return density;
        }
        double above = 1 / (1 + Math.exp(LOGISTIC * tau.getAsDouble()));
        return Math.min(1, above + (2.0 * NEAR + together) / blocks.count());
    }
}
