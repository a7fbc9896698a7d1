package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.models.hunyuan.VaeTiling.Part;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tiles.TileGrid;

/**
 * Takes a video through a network part by part in time and, within a part, tile by tile.
 *
 * @param scale pixels of the input per unit of the grid
 */
record VaeRun(VaeNetwork network, List<Part> parts, TileGrid grid, int scale) {

    /** Receives what the network makes of a tile. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param frames [T, H, W, C], valid during the call
         */
        void tile(Part part, TileGrid.Tile tile, Tensor frames);
    }

    /** How often a visitor is called. */
    int count() {
        return parts.size() * grid.count();
    }

    void forEach(Workspace workspace, Tensor x, Visitor visitor) { // [T, H, W, C]
        for (Part part : parts) {
            Tensor frames = x.rows(part.from(), part.to());
            for (int i = 0; i < grid.count(); i++) {
                TileGrid.Tile tile = grid.tile(i);
                try (var _ = workspace.scope()) {
                    Tensor in = grid.crop(workspace, frames, tile, scale);
                    visitor.tile(part, tile, network.apply(workspace, in));
                }
            }
        }
    }
}
