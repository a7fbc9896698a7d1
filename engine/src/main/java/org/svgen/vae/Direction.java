package org.svgen.vae;

import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;

/**
 * One direction of an autoencoder, from the whole input to the whole output. Tiles are counted in
 * latents.
 *
 * @param inScale pixels of the input per latent, each way
 * @param outScale pixels of the output per latent, each way
 * @param patch pixels of the output each way that fade as one at the seams of tiles
 */
record Direction(
        VaeNetwork network, TileRule tiles, TimeCut time, int inScale, int outScale, int patch) {

    /** In one piece if that takes at most {@code limit} bytes, or if one tile holds it. */
    VaePlan plan(Frames x, long limit) { // needs no bytes
        long whole = bytes(passage(x, false), x);
        Passage tiled = passage(x, true);
        return whole <= limit || tiled.grid().count() == 1
                ? new VaePlan(false, whole)
                : new VaePlan(true, bytes(tiled, x));
    }

    private long bytes(Passage passage, Frames x) {
        return DryRun.workspaceBytes(dry -> time.forEach(passage, dry, x, PieceSink.NOWHERE));
    }

    /** Asks of {@code workspace} what {@link #run} does. */
    void rehearse(VaePlan plan, Workspace workspace, Frames x) {
        time.forEach(passage(x, plan.tiled()), workspace, x, PieceSink.NOWHERE);
    }

    void run(VaePlan plan, Workspace workspace, Frames x, Target target, VaeProgress progress) {
        Passage passage = passage(x, plan.tiled());
        TileGrid grid = passage.grid();
        int total = grid.count() * time.pieces(x.count());
        int[] done = {0};
        progress.made(0, total);
        TileSeams seams = new TileSeams(workspace.backend(), grid, outScale, patch);
        try (PieceSink sink = time.sink(x.count(), seams, target)) {
            time.forEach(
                    passage,
                    workspace,
                    x,
                    (tile, frame, frames) -> {
                        sink.piece(tile, frame, frames);
                        progress.made(++done[0], total);
                    });
        }
    }

    private Passage passage(Frames x, boolean tiled) {
        int height = x.shape().size(1) / inScale;
        int width = x.shape().size(2) / inScale;
        TileGrid grid = tiled ? tiles.over(height, width) : TileGrid.whole(height, width);
        return new Passage(network, grid, inScale);
    }
}
