package org.svgen.models.cosmos;

import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;

/** A video's tokens along its three axes. */
record CosmosGrid(int frames, int rows, int columns) {
    /**
     * @param latentDims [1, C, F, H, W]
     * @throws IllegalArgumentException if an axis is longer than the model knows places
     */
    static CosmosGrid of(CosmosConfig c, long[] latentDims) {
        CosmosGrid grid =
                new CosmosGrid(
                        Math.toIntExact(latentDims[2]),
                        Math.toIntExact(latentDims[3] / c.patchSize()),
                        Math.toIntExact(latentDims[4] / c.patchSize()));
        if (grid.frames > c.places().get(0)
                || grid.rows > c.places().get(1)
                || grid.columns > c.places().get(2)) {
            throw new IllegalArgumentException("%s tokens, at most %s".formatted(grid, c.places()));
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
