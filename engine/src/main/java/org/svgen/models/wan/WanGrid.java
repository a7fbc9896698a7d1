package org.svgen.models.wan;

import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;

/** A video's tokens along its three axes. */
record WanGrid(int frames, int rows, int columns) {
    /**
     * @param latentDims [1, C, F, H, W]
     * @throws IllegalArgumentException if an axis is longer than the model's rotary tables
     */
    static WanGrid of(WanConfig c, long[] latentDims) {
        WanGrid grid =
                new WanGrid(
                        Math.toIntExact(latentDims[2] / c.patchSizeT()),
                        Math.toIntExact(latentDims[3] / c.patchSize()),
                        Math.toIntExact(latentDims[4] / c.patchSize()));
        int longest = Math.max(grid.frames, Math.max(grid.rows, grid.columns));
        if (longest > c.positions()) {
            throw new IllegalArgumentException(
                    "%d tokens along an axis, at most %d".formatted(longest, c.positions()));
        }
        return grid;
    }

    /** Tokens of a frame. */
    int frameTokens() {
        return rows * columns;
    }

    int tokens() {
        return frames * frameTokens();
    }

    VideoGeometry geometry() {
        return new VideoGeometry(frames, frameTokens(), TextPlace.NONE, 0, 0, columns);
    }
}
