package org.svgen.models.hunyuan;

import org.svgen.vae.FrameParts;
import org.svgen.vae.TileGrid;

/**
 * How a long or large video is cut for the autoencoder. In time it always is, as in diffusers.
 *
 * @param size of a tile, in pixels
 * @param stride from tile to tile, in pixels
 * @param frames of a part in time, of the video, but for one more at its beginning
 * @param strideFrames from part to part
 */
record HunyuanTiling(int size, int stride, int frames, int strideFrames) {
    /** As diffusers' {@code enable_tiling} has it. */
    static final HunyuanTiling DEFAULT = new HunyuanTiling(256, 192, 16, 12);

    /** Tiles over an area of latents. */
    TileGrid tiles(int height, int width, int ratio) {
        int tile = size / ratio;
        return height <= tile && width <= tile
                ? TileGrid.whole(height, width)
                : new TileGrid(height, width, tile, tile, stride / ratio, stride / ratio);
    }

    /** Parts of latents, to be decoded. */
    FrameParts ofLatents(int ratio) {
        return new FrameParts(frames / ratio, strideFrames / ratio, frames, strideFrames);
    }

    /** Parts of a video, to be encoded. */
    FrameParts ofVideo(int ratio) {
        return new FrameParts(frames, strideFrames, frames / ratio, strideFrames / ratio);
    }
}
