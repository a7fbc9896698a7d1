package org.svgen.tensor.op;

import java.util.OptionalDouble;
import org.svgen.tensor.Check;

/**
 * Which pairs of blocks {@link ThresholdBlocksOp} keeps.
 *
 * @param videoFrom the first block that is cut by the threshold; those before it are text
 * @param videoTo one past the last such block; those from here on are text
 * @param near pairs that are at most this many blocks apart are kept in any case
 * @param tau scores are kept that are more than this many standard deviations above their mean;
 *     none: as many as the density allows, for each head by itself
 * @param density the most of {@code allPairs} that is kept where there is no tau, but for what is
 *     kept in any case
 * @param allPairs query-key pairs of a head
 */
public record BlockThreshold(
        int videoFrom, int videoTo, int near, OptionalDouble tau, double density, double allPairs) {
    /** Standard deviations beyond which scores count as equal where the density decides. */
    public static final int REACH = 4;

    /** Steps of a standard deviation in which the density decides. */
    public static final int STEPS = 256;

    /** Checks that the numbers make sense. */
    public BlockThreshold {
        Check.that(
                videoFrom >= 0 && videoFrom <= videoTo,
                "blocks %s to %s of the video",
                videoFrom,
                videoTo);
        Check.that(near >= 0, "%s blocks near", near);
        Check.that(!tau.isPresent() || !Double.isNaN(tau.getAsDouble()), "tau %s", tau);
        Check.that(density > 0 && density <= 1, "density %s", density);
        Check.that(allPairs > 0, "%s pairs", allPairs);
    }

    /** {@return how many steps there are} */
    public static int bins() {
        return 2 * REACH * STEPS;
    }

    /**
     * {@return whether a pair is kept whatever its score: text, and what is near}
     *
     * @param query block of queries
     * @param key block of keys
     */
    public boolean always(int query, int key) {
        return text(query) || text(key) || Math.abs(query - key) <= near;
    }

    private boolean text(int block) {
        return block < videoFrom || block >= videoTo;
    }
}
