package org.svgen.vae;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * For an encoder in whose layers of the lowest resolution a frame attends to all before it: the
 * layers before these see batches of frames, and these all frames of a tile at once. The result is
 * that of all frames at once.
 *
 * @param batches of frames; one of latents comes of each, and one of the first frame of all
 * @param deep the last layers; the network of the passage is the others
 * @param channels that these are given
 */
public record DeepLast(FrameBatches batches, VaeNetwork deep, int channels) implements TimeCut {
    @Override
    public int pieces(int frames) {
        return 1;
    }

    @Override
    public void forEach(Passage passage, Workspace workspace, Frames x, PieceSink sink) {
        TileGrid grid = passage.grid();
        int latents = Math.ceilDiv(x.count(), batches.size());
        for (int i = 0; i < grid.count(); i++) {
            TileGrid.Tile tile = grid.tile(i);
            long h = (long) tile.height() * passage.scale();
            long w = (long) tile.width() * passage.scale();
            try (var _ = workspace.apart(i)) {
                Tensor all = workspace.allocate(latents, tile.height(), tile.width(), channels);
                try (var _ = workspace.scope()) {
                    batches.forEach(
                            passage.network(),
                            workspace,
                            x.count(),
                            (ws, from, to) -> passage.cut(ws, x.part(ws, from, to), tile),
                            Tensor.phantom(DType.F32, 1, h, w, x.shape().size(3)),
                            (frame, frames) ->
                                    workspace
                                            .ops()
                                            .convert(
                                                    frames,
                                                    all.rows(frame, frame + frames.size(0))));
                }
                sink.piece(tile, 0, deep.apply(workspace, FrameCache.none(), all));
            }
        }
    }

    @Override
    public PieceSink sink(int frames, TileSeams seams, Target target) {
        return batches.sink(frames, seams, target);
    }
}
