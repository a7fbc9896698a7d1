package org.svgen.vae;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * A tile goes through the network in batches of frames, and its convolutions remember what they
 * look back at: the result is that of all frames at once. Frames that do not fill a batch join the
 * first.
 *
 * @param size frames of a batch
 */
public record FrameBatches(int size) implements TimeCut {
    @Override
    public int pieces(int frames) {
        return Math.max(1, frames / size);
    }

    @Override
    public void forEach(Passage passage, Workspace workspace, Frames x, PieceSink sink) {
        int frames = x.count();
        int count = pieces(frames);
        TileGrid grid = passage.grid();
        for (int i = 0; i < grid.count(); i++) {
            TileGrid.Tile tile = grid.tile(i);
            try (var _ = workspace.scope()) {
                FrameCache cache =
                        count == 1
                                ? FrameCache.none()
                                : reserve(passage, workspace, tile, x.shape().size(3));
                int made = 0;
                for (int k = 0; k < count; k++) {
                    try (var _ = workspace.scope()) {
                        cache.begin(k == 0, k == count - 1);
                        Tensor in = x.part(workspace, start(k, frames), start(k + 1, frames));
                        Tensor out = passage.apply(workspace, cache, in, tile);
                        sink.piece(tile, made, out);
                        made += out.size(0);
                    }
                }
            }
        }
    }

    private static FrameCache reserve(
            Passage passage, Workspace workspace, TileGrid.Tile tile, int channels) {
        return FrameCache.reserve(
                workspace,
                (dry, recorder) -> {
                    int h = tile.height() * passage.scale();
                    int w = tile.width() * passage.scale();
                    Tensor frame = dry.allocate(DType.F32, 1, h, w, channels);
                    passage.network().apply(dry, recorder, frame);
                });
    }

    /** Where batch {@code k} begins. */
    private int start(int k, int frames) {
        return k == 0 ? 0 : Math.min(frames, k * size + frames % size);
    }

    @Override
    public PieceSink sink(int frames, TileSeams seams, Target target) {
        return new TileAssembler(seams, target);
    }
}
