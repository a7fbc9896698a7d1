package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.op.RouteBlocksOp;

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

    /**
     * The same with all text in one block, as {@link RouteBlocksOp} takes it, and at most so many
     * blocks of video as it sorts.
     */
    static VideoBlocks ofWholeText(VideoGeometry g) {
        int size = SIZE * Math.ceilDiv(g.videoTokens(), SIZE * RouteBlocksOp.MOST_CLUSTERS);
        List<Integer> ends = new ArrayList<>(List.of(g.videoFrom()));
        cut(g.videoTo(), size, ends);
        return around(g, ends);
    }

    /**
     * Blocks of video with the text's block beside them.
     *
     * @param ends where each block of video begins, and where the last one ends
     */
    static VideoBlocks around(VideoGeometry g, List<Integer> ends) {
        List<Integer> bounds = new ArrayList<>(ends);
        int first = g.text() == TextPlace.FIRST ? 1 : 0;
        if (first == 1) {
            bounds.addFirst(0);
        } else if (g.promptTokens() > 0) {
            bounds.add(g.promptTo());
        }
        return new VideoBlocks(
                bounds.stream().mapToInt(Integer::intValue).toArray(),
                first,
                first + ends.size() - 1);
    }

    private static void cut(int to, List<Integer> bounds) {
        cut(to, SIZE, bounds);
    }

    /** Goes on to {@code to}. */
    private static void cut(int to, int size, List<Integer> bounds) {
        while (bounds.getLast() < to) {
            bounds.add(Math.min(to, bounds.getLast() + size));
        }
    }

    int size(int block) {
        return bounds[block + 1] - bounds[block];
    }

    int count() {
        return bounds.length - 1;
    }

    boolean text(int block) {
        return block < videoFrom || block >= videoTo;
    }

    /** How many hold video. */
    int videoCount() {
        return videoTo - videoFrom;
    }

    /** Bounds of the blocks of video alone. */
    int[] videoBounds() {
        return Arrays.copyOfRange(bounds, videoFrom, videoTo + 1);
    }

    /** The fraction of pairs that is kept if each block keeps itself, and text all. */
    double least(VideoGeometry g) {
        double own = 0;
        for (int block = videoFrom; block < videoTo; block++) {
            own += (double) size(block) * size(block);
        }
        double pairs = (double) g.tokens() * g.tokens();
        return ClusterShares.least(g) + own / pairs;
    }
}
