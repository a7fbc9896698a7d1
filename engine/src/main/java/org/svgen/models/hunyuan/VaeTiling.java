package org.svgen.models.hunyuan;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tiles.TileGrid;

/**
 * How a long or large video is cut for the autoencoder. In time it always is, as in diffusers: the
 * parts of a video do not know each other, but their overlap is blended.
 *
 * @param size of a tile, in pixels
 * @param stride from tile to tile, in pixels
 * @param frames of a part in time, of the video, but for one more at its beginning
 * @param strideFrames from part to part
 */
record VaeTiling(int size, int stride, int frames, int strideFrames) {
    /** As diffusers' {@code enable_tiling} has it. */
    static final VaeTiling DEFAULT = new VaeTiling(256, 192, 16, 12);

    /** Frames {@code from} (included) to {@code to} (excluded) of an input. */
    record Part(int from, int to) {
        int length() {
            return to - from;
        }
    }

    /**
     * The parts of an input. All but the first begin with a frame that is only there to look back
     * at.
     *
     * @param length frames of the input
     * @param ratio video frames for a frame of the input: 1 for pixels
     */
    List<Part> parts(int length, int ratio) {
        if (length <= frames / ratio) {
            return List.of(new Part(0, length));
        }
        List<Part> parts = new ArrayList<>();
        for (int from = 0; from < length; from += strideFrames / ratio) {
            int to = Math.min(length, from + frames / ratio + 1);
            if (from == 0 || to - from > 1) {
                parts.add(new Part(from, to));
            }
        }
        return parts;
    }

    /** Tiles over an area of latents. */
    TileGrid grid(int height, int width, int ratio) {
        int tile = size / ratio;
        return height <= tile && width <= tile
                ? TileGrid.whole(height, width)
                : new TileGrid(height, width, tile, tile, stride / ratio, stride / ratio);
    }
}
