package org.svgen.vae;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/** Hands the tiles of each part in time to an assembler of its own. */
final class PartAssembler implements PieceSink {
    private final TileSeams seams;
    private final Target target;
    private final TimeBlender blender;
    private @Nullable TileAssembler assembler;
    private int current = -1;

    /**
     * @param blender puts the parts one behind the other, into {@code target}
     */
    PartAssembler(TileSeams seams, Target target, TimeBlender blender) {
        this.seams = seams;
        this.target = target;
        this.blender = blender;
    }

    @Override
    public void piece(TileGrid.Tile tile, int frame, Tensor frames) {
        TileAssembler to = assembler;
        if (to == null || frame != current) {
            close();
            int count = frames.size(0);
            blender.begin(count);
            to = new TileAssembler(seams, 1, new Target(count, target.channels(), blender));
            assembler = to;
            current = frame;
        }
        to.piece(tile, 0, frames);
    }

    @Override
    public void close() {
        if (assembler != null) {
            assembler.close();
        }
    }
}
