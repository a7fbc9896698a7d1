package org.svgen.vae;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Parts of a video go through the network tile by tile. They do not know each other, but overlap:
 * each fades in over the end of the one before. Every part but the first begins with one more
 * frame, which is only there to look back at.
 *
 * @param length frames of a part of the input, but for the one to look back at
 * @param stride frames of the input from part to part
 * @param outLength as {@code length}, of the result
 * @param outStride as {@code stride}, of the result
 */
public record FrameParts(int length, int stride, int outLength, int outStride) implements TimeCut {

    /** Frames {@code from} (included) to {@code to} (excluded) of an input. */
    record Part(int from, int to) {}

    List<Part> parts(int frames) {
        if (frames <= length) {
            return List.of(new Part(0, frames));
        }
        List<Part> parts = new ArrayList<>();
        for (int from = 0; from < frames; from += stride) {
            int to = Math.min(frames, from + length + 1);
            if (from == 0 || to - from > 1) {
                parts.add(new Part(from, to));
            }
        }
        return parts;
    }

    @Override
    public int pieces(int frames) {
        return parts(frames).size();
    }

    @Override
    public void forEach(Passage passage, Workspace workspace, Frames x, PieceSink sink) {
        TileGrid grid = passage.grid();
        List<Part> parts = parts(x.count());
        for (int p = 0; p < parts.size(); p++) {
            try (var _ = workspace.scope()) {
                Tensor frames = x.part(workspace, parts.get(p).from(), parts.get(p).to());
                for (int i = 0; i < grid.count(); i++) {
                    TileGrid.Tile tile = grid.tile(i);
                    try (var _ = workspace.apart(p * grid.count() + i)) {
                        sink.piece(
                                tile,
                                p * outStride,
                                passage.apply(workspace, FrameCache.none(), frames, tile));
                    }
                }
            }
        }
    }

    @Override
    public PieceSink sink(int frames, TileSeams seams, Target target) {
        return new PartAssembler(seams, target, blender(frames, seams, target));
    }

    private TimeBlender blender(int frames, TileSeams seams, Target target) {
        return new TimeBlender(
                pieces(frames),
                outLength - outStride,
                outStride,
                seams.grid().height() * seams.scale(),
                seams.grid().width() * seams.scale(),
                target.channels(),
                target.output());
    }
}
