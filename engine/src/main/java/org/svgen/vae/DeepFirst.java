package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * For a decoder in whose layers of the lowest resolution a frame attends to all before it: these
 * see all frames of a tile at once, the layers behind them batches of frames. The result is that of
 * all frames at once.
 *
 * @param deep the first layers; the network of the passage is the others
 * @param batches of the frames that these are given
 */
public record DeepFirst(VaeNetwork deep, FrameBatches batches) implements TimeCut {
    @Override
    public int pieces(int frames) {
        return batches.pieces(frames);
    }

    @Override
    public void forEach(Passage passage, Workspace workspace, Frames x, PieceSink sink) {
        TileGrid grid = passage.grid();
        for (int i = 0; i < grid.count(); i++) {
            TileGrid.Tile tile = grid.tile(i);
            try (var _ = workspace.apart(i)) {
                Tensor all = passage.cut(workspace, x.part(workspace, 0, x.count()), tile);
                Tensor made = deep.apply(workspace, FrameCache.none(), all);
                batches.forEach(
                        passage.network(),
                        workspace,
                        made.size(0),
                        (ws, from, to) -> made.rows(from, to),
                        made.rows(0, 1),
                        (frame, frames) -> sink.piece(tile, frame, frames));
            }
        }
    }

    @Override
    public PieceSink sink(int frames, TileSeams seams, Target target) {
        return batches.sink(frames, seams, target);
    }
}
