package org.svgen.sparse;

import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.TokenBlocks;

/**
 * Sliding Tile Attention (arXiv 2502.04507): tokens are put in the order of tiles, and each tile
 * attends to a window of tiles around it. All attend to text, and text to all. The same for all
 * heads and calls.
 */
public final class TileLists implements BlockLists {
    private final TileWindow window;
    private final BlockMap map; // one, and which each head takes
    private final VideoBlocks blocks;

    /**
     * Takes the memory of the map.
     *
     * @param workspace memory of the steps
     * @param tiles of the video
     * @param density of all query-key pairs that a head keeps at most
     * @param branches of guidance
     * @param heads of a layer
     */
    public TileLists(
            Workspace workspace, VideoTiles tiles, double density, int branches, int heads) {
        window = TileWindow.ofDensity(tiles, density);
        blocks = tiles.blocks();
        TokenBlocks tokens = BlockMemory.blocks(workspace, 1, blocks.bounds(), tiles.order());
        int count = blocks.count();
        Tensor bits =
                DeviceInts.copy(workspace, List.of(bits()))
                        .reshape(1, count, BlockMap.words(count));
        map = new BlockMap(tokens, tokens, bits, BandMaps.same(workspace, 0, branches, heads));
    }

    private int[] bits() {
        int count = blocks.count();
        int words = BlockMap.words(count);
        int[] bits = new int[count * words];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                boolean text = blocks.text(i) || blocks.text(j);
                if (text || window.holds(i - blocks.videoFrom(), j - blocks.videoFrom())) {
                    bits[i * words + j / Integer.SIZE] |= 1 << j % Integer.SIZE;
                }
            }
        }
        return bits;
    }

    @Override
    public Lists of(Workspace workspace, Tensor q, Tensor k) {
        Tensor which = map.which();
        Tensor few = which == null ? null : which.rows(0, q.size(0));
        return new Lists(new BlockMap(map.queries(), map.keys(), map.bits(), few), null);
    }

    @Override
    public double expected() {
        return window.density();
    }

    @Override
    public double least() {
        return TileWindow.of(window.tiles(), 1, 1, 1).density();
    }
}
