package org.svgen.sparse;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The order in which video tokens are cut into blocks. */
public enum BlockOrder {
    /** As they are stored: frame by frame, row by row. */
    RASTER("raster"),
    /**
     * Along Morton's curve through time, rows and columns, columns fastest: a block is a small
     * brick of the video.
     */
    MORTON("morton");

    private static final int BITS = 21; // of an axis

    private final String text;

    BlockOrder(String text) {
        this.text = text;
    }

    /** {@return where the token at each position is stored, text in its place} */
    int[] stored(VideoGeometry g) {
        return sorted(g, this == RASTER ? video -> video : video -> code(g, video));
    }

    /** {@return the same, or nothing where each token stays in its place} */
    int @Nullable [] moved(VideoGeometry g) {
        return this == RASTER ? null : stored(g);
    }

    /** Video tokens by a code, of equals the earlier first; text in its place. */
    static int[] sorted(VideoGeometry g, IntToLongFunction code) {
        int[] order = IntStream.range(0, g.tokens()).toArray();
        Integer[] video = new Integer[g.videoTokens()];
        Arrays.setAll(video, i -> i);
        Arrays.sort(video, Comparator.comparingLong(code::applyAsLong));
        for (int i = 0; i < video.length; i++) {
            order[g.videoFrom() + i] = g.videoFrom() + video[i];
        }
        return order;
    }

    private static long code(VideoGeometry g, int token) {
        int place = token % g.frameTokens();
        long code = 0;
        for (int bit = 0; bit < BITS; bit++) {
            code |= (long) (place % g.columns() >> bit & 1) << 3 * bit;
            code |= (long) (place / g.columns() >> bit & 1) << 3 * bit + 1;
            code |= (long) (token / g.frameTokens() >> bit & 1) << 3 * bit + 2;
        }
        return code;
    }

    /** As the command line names it. */
    @Override
    public String toString() {
        return text;
    }
}
