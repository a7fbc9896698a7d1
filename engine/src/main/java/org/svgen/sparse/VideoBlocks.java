package org.svgen.sparse;

import java.util.ArrayList;
import java.util.List;
import org.svgen.sparse.VideoGeometry.TextPlace;

/**
 * Tokens cut into blocks of at most {@link #SIZE}: a block is text, or of the leading frames that
 * all see, or of the other frames. Padding belongs to no block.
 *
 * @param bounds where each block begins, and where the last one ends
 * @param videoFrom the first block of video tokens
 * @param videoTo one past the last such block
 */
record VideoBlocks(int[] bounds, int videoFrom, int videoTo) {
    /** Tokens of a block. */
    static final int SIZE = 64;

    /**
     * The blocks of a sequence.
     *
     * @param sinkFrames leading frames that share no block with others
     */
    static VideoBlocks of(VideoGeometry g, int sinkFrames) {
        List<Integer> bounds = new ArrayList<>(List.of(0));
        if (g.text() == TextPlace.FIRST) {
            cut(g.textTokens(), bounds);
        }
        int videoFrom = bounds.size() - 1;
        cut(g.videoFrom() + sinkFrames * g.frameTokens(), bounds);
        cut(g.videoTo(), bounds);
        int videoTo = bounds.size() - 1;
        if (g.text() == TextPlace.LAST) {
            cut(g.promptTo(), bounds);
        }
        return new VideoBlocks(
                bounds.stream().mapToInt(Integer::intValue).toArray(), videoFrom, videoTo);
    }

    /** Goes on to {@code to}. */
    private static void cut(int to, List<Integer> bounds) {
        while (bounds.getLast() < to) {
            bounds.add(Math.min(to, bounds.getLast() + SIZE));
        }
    }

    int size(int block) {
        return bounds[block + 1] - bounds[block];
    }

    int count() {
        return bounds.length - 1;
    }
}
