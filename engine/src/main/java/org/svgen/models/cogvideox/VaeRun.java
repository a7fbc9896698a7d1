package org.svgen.models.cogvideox;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tiles.TileGrid;

/**
 * Takes a video through a network tile by tile and, within a tile, batch by batch.
 *
 * @param scale pixels of the input per unit of the grid
 */
record VaeRun(VaeNetwork network, TileGrid grid, int scale) {

    /** Receives what the network makes of a batch. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param frame index of the first of {@code frames}
         * @param frames [T, H, W, C], valid during the call
         */
        void batch(TileGrid.Tile tile, int frame, Tensor frames);
    }

    /** How often a visitor is called for {@code frames} frames of input. */
    int batches(int frames) {
        return grid.count() * perTile(frames);
    }

    private int perTile(int frames) {
        return Math.max(1, frames / network.frameBatch());
    }

    void forEach(Workspace workspace, Tensor x, Visitor visitor) { // [T, H, W, C]
        int frames = x.size(0);
        int count = perTile(frames);
        for (int i = 0; i < grid.count(); i++) {
            TileGrid.Tile tile = grid.tile(i);
            try (var _ = workspace.scope()) {
                FrameCache cache =
                        count == 1 ? FrameCache.none() : reserve(workspace, tile, x.size(3));
                int made = 0;
                for (int k = 0; k < count; k++) {
                    try (var _ = workspace.scope()) {
                        cache.begin(k == 0, k == count - 1);
                        Tensor in = x.rows(start(k, frames), start(k + 1, frames));
                        Tensor out =
                                network.apply(
                                        workspace, cache, grid.crop(workspace, in, tile, scale));
                        visitor.batch(tile, made, out);
                        made += out.size(0);
                    }
                }
            }
        }
    }

    private FrameCache reserve(Workspace workspace, TileGrid.Tile tile, int channels) {
        return FrameCache.reserve(
                workspace,
                (dry, recorder) -> {
                    int h = tile.height() * scale;
                    int w = tile.width() * scale;
                    network.apply(dry, recorder, dry.allocate(DType.F32, 1, h, w, channels));
                });
    }

    /** Where batch {@code k} begins: frames that do not fill a batch join the first. */
    private int start(int k, int frames) {
        int batch = network.frameBatch();
        return k == 0 ? 0 : Math.min(frames, k * batch + frames % batch);
    }
}
