package org.svgen.vae;

import org.svgen.tensor.Tensor;

/** Receives what a network makes of the pieces of a video. */
@FunctionalInterface
interface PieceSink extends AutoCloseable {
    /** Drops them, where nothing is computed. */
    PieceSink NOWHERE = (tile, frame, frames) -> {};

    /**
     * @param frame of the result in which {@code frames} begin; pieces may overlap
     * @param frames [T, H, W, C] of {@code tile}, valid during the call
     */
    void piece(TileGrid.Tile tile, int frame, Tensor frames);

    /** Waits until all is where it belongs. */
    @Override
    default void close() {}
}
