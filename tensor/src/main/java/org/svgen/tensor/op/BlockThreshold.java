package org.svgen.tensor.op;

import java.util.OptionalDouble;
import org.svgen.tensor.Check;

/**
 * Which pairs of blocks {@link ThresholdBlocksOp} keeps.
 *
 * @param videoFrom the first block that is cut by the threshold; those before it are text
 * @param videoTo one past the last such block; those from here on are text
 * @param near blocks of keys that are at most this many blocks away from those of the queries are
 *     kept in any case
 * @param together how many blocks of video that follow each other share one list as queries; fewer
 *     at the end of the video
 * @param tau scores are kept that are more than this many standard deviations above their mean;
 *     none: as many as the density allows, for each head by itself
 * @param density the most of {@code allPairs} that is kept where there is no tau, but for what is
 *     kept in any case
 * @param allPairs query-key pairs of a head
 */
public record BlockThreshold(
        int videoFrom,
        int videoTo,
        int near,
        int together,
        OptionalDouble tau,
        double density,
        double allPairs) {
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
        Check.that(together >= 1, "%s blocks together", together);
        Check.that(!tau.isPresent() || !Double.isNaN(tau.getAsDouble()), "tau %s", tau);
        Check.that(density > 0 && density <= 1, "density %s", density);
        Check.that(allPairs > 0, "%s pairs", allPairs);
    }

    /** {@return how many steps there are} */
    public static int bins() {
        return 2 * REACH * STEPS;
    }

    /**
     * {@return how many lists there are}
     *
     * @param blocks of keys
     */
    public int lists(int blocks) {
        return videoFrom + videoLists() + blocks - videoTo;
    }

    /**
     * {@return the first block whose queries have a list; they go on to the first of the next list}
     *
     * @param list its number
     */
    public int first(int list) {
        int inVideo = list - videoFrom;
        if (inVideo < 0) {
            return list;
        }
        return inVideo < videoLists()
                ? videoFrom + together * inVideo
                : videoTo + inVideo - videoLists();
    }

    private int videoLists() {
        return Math.ceilDiv(videoTo - videoFrom, together);
    }

    /**
     * {@return whether a list has a block whatever its score: text, and what is near}
     *
     * @param list of queries
     * @param key block of keys
     */
    public boolean always(int list, int key) {
        int from = first(list);
        return text(from) || text(key) || key >= from - near && key < first(list + 1) + near;
    }

    private boolean text(int block) {
        return block < videoFrom || block >= videoTo;
    }
}
