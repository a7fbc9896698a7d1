package org.svgen.sparse;

import java.util.ArrayList;
import java.util.List;

/**
 * A video cut into tiles, boxes of neighbouring frames, rows and columns; the last ones of an axis
 * may be smaller.
 *
 * @param g where text and video lie
 * @param frames of a tile
 * @param rows of a tile
 * @param columns of a tile
 */
public record VideoTiles(VideoGeometry g, int frames, int rows, int columns) {
    /** Published for HunyuanVideo (arXiv 2502.04507). */
    private static final int[] PUBLISHED = {6, 8, 8};

    /** Checks that a tile is not larger than the video. */
    public VideoTiles {
        int[] grid = grid(g);
        int[] tile = {frames, rows, columns};
        for (int axis = 0; axis < tile.length; axis++) {
            if (tile[axis] < 1 || tile[axis] > grid[axis]) {
                throw new IllegalArgumentException(
                        "a tile of %d x %d x %d of %d x %d x %d"
                                .formatted(frames, rows, columns, grid[0], grid[1], grid[2]));
            }
        }
    }

    /**
     * {@return how many tokens a video has along frames, rows and columns}
     *
     * @param g where text and video lie
     */
    public static int[] grid(VideoGeometry g) {
        return new int[] {g.frames(), g.frameTokens() / g.columns(), g.columns()};
    }

    /**
     * {@return tiles of about the published size: as few as it takes, all nearly alike}
     *
     * @param g where text and video lie
     */
    public static VideoTiles about(VideoGeometry g) {
        int[] grid = grid(g);
        return new VideoTiles(
                g,
                even(grid[0], PUBLISHED[0]),
                even(grid[1], PUBLISHED[1]),
                even(grid[2], PUBLISHED[2]));
    }

    private static int even(int size, int most) {
        return Math.ceilDiv(size, Math.ceilDiv(size, most));
    }

    /** How many tiles there are along frames, rows and columns. */
    int[] counts() {
        int[] grid = grid(g);
        return new int[] {
            Math.ceilDiv(grid[0], frames),
            Math.ceilDiv(grid[1], rows),
            Math.ceilDiv(grid[2], columns)
        };
    }

    /** Tokens of a tile along an axis. */
    int size(int axis, int tile) {
        int whole = new int[] {frames, rows, columns}[axis];
        return Math.min(whole, grid(g)[axis] - tile * whole);
    }

    /** The tile of a video token, counted along columns, then rows, then frames. */
    int tile(int video) {
        int[] counts = counts();
        int place = video % g.frameTokens();
        int frame = video / g.frameTokens() / frames;
        int row = place / g.columns() / rows;
        return (frame * counts[1] + row) * counts[2] + place % g.columns() / columns;
    }

    /** Where the token at each position is stored: tile by tile. */
    int[] order() {
        return BlockOrder.sorted(g, this::tile);
    }

    /** Each tile is a block, the text is another. */
    VideoBlocks blocks() {
        int[] counts = counts();
        int[] sizes = new int[counts[0] * counts[1] * counts[2]];
        for (int video = 0; video < g.videoTokens(); video++) {
            sizes[tile(video)]++;
        }
        List<Integer> ends = new ArrayList<>(List.of(g.videoFrom()));
        for (int size : sizes) {
            ends.add(ends.getLast() + size);
        }
        return VideoBlocks.around(g, ends);
    }
}
