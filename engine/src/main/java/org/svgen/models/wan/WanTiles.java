package org.svgen.models.wan;

import org.svgen.vae.TileGrid;
import org.svgen.vae.TileRule;

/**
 * The tiles of diffusers' {@code enable_tiling}, which a video has that is too large for most
 * devices.
 *
 * @param size of a tile, in latents
 * @param stride from tile to tile, in latents
 */
record WanTiles(int size, int stride) implements TileRule {
    private static final int PIXELS = 256;
    private static final int STRIDE_PIXELS = 192;

    /** Frames of 2560 x 1440 pixels are decoded whole, and larger ones are not. */
    private static final long LIMIT = 64L << 30;

    /** Of latents that are decoded. */
    static WanTiles ofDecoder(WanVaeConfig config) {
        return of(config.spatialRatio());
    }

    /** Of latents to which pixels are encoded; diffusers counts those in patches. */
    static WanTiles ofEncoder(WanVaeConfig config) {
        return of(config.spatialRatio() / config.patch());
    }

    private static WanTiles of(int pixels) {
        return new WanTiles(Math.max(1, PIXELS / pixels), Math.max(1, STRIDE_PIXELS / pixels));
    }

    @Override
    public TileGrid over(int height, int width) {
        return height <= size && width <= size
                ? TileGrid.whole(height, width)
                : new TileGrid(height, width, size, size, stride, stride);
    }

    @Override
    public long limit() {
        return LIMIT;
    }
}
