package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * A network, and the tiles that go through it.
 *
 * @param scale pixels of the input per unit of the grid
 */
record Passage(VaeNetwork network, TileGrid grid, int scale) {
    /** What the network makes of the part of {@code frames} under {@code tile}. */
    Tensor apply(Workspace workspace, FrameCache cache, Tensor frames, TileGrid.Tile tile) {
        return network.apply(workspace, cache, cut(workspace, frames, tile));
    }

    /** The part of {@code frames} under {@code tile}. */
    Tensor cut(Workspace workspace, Tensor frames, TileGrid.Tile tile) {
        return grid.crop(workspace, frames, tile, scale);
    }
}
