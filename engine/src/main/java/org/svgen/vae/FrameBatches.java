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
        TileGrid grid = passage.grid();
        int channels = x.shape().size(3);
        for (int i = 0; i < grid.count(); i++) {
            TileGrid.Tile tile = grid.tile(i);
            long h = (long) tile.height() * passage.scale();
            long w = (long) tile.width() * passage.scale();
            try (var _ = workspace.apart(i)) {
                forEach(
                        passage.network(),
                        workspace,
                        x.count(),
                        (ws, from, to) -> passage.cut(ws, x.part(ws, from, to), tile),
                        Tensor.phantom(DType.F32, 1, h, w, channels),
                        (frame, frames) -> sink.piece(tile, frame, frames));
            }
        }
    }

    /** The frames of a tile. */
    @FunctionalInterface
    interface Source {
        /** Frames {@code from} to {@code to}, in memory of the workspace if they need any. */
        Tensor part(Workspace workspace, int from, int to);
    }

    /** Receives what the network makes of a batch. */
    @FunctionalInterface
    interface Batch {
        /**
         * @param frame of the result in which {@code frames} begin
         * @param frames valid during the call
         */
        void made(int frame, Tensor frames);
    }

    /**
     * Takes one tile through a network; memory is that of the enclosing scope.
     *
     * @param frames of the tile
     * @param like one of them: its size and type
     */
    void forEach(
            VaeNetwork network,
            Workspace workspace,
            int frames,
            Source source,
            Tensor like,
            Batch sink) {
        int count = pieces(frames);
        FrameCache cache = count == 1 ? FrameCache.none() : reserve(network, workspace, like);
        int made = 0;
        for (int k = 0; k < count; k++) {
            try (var _ = workspace.scope()) {
                cache.begin(k == 0, k == count - 1);
                Tensor in = source.part(workspace, start(k, frames), start(k + 1, frames));
                Tensor out = network.apply(workspace, cache, in);
                sink.made(made, out);
                made += out.size(0);
            }
        }
    }

    private static FrameCache reserve(VaeNetwork network, Workspace workspace, Tensor like) {
        return FrameCache.reserve(
                workspace,
                (dry, recorder) ->
                        network.apply(
                                dry, recorder, dry.allocate(like.dtype(), like.shape().dims())));
    }

    /** Where batch {@code k} begins. */
    private int start(int k, int frames) {
        return k == 0 ? 0 : Math.min(frames, k * size + frames % size);
    }

    @Override
    public PieceSink sink(int frames, TileSeams seams, Target target) {
        return new TileAssembler(seams, pieces(frames), target);
    }
}
