package org.svgen.models.hunyuan15;

import org.svgen.vae.TileGrid;
import org.svgen.vae.TileRule;

/**
 * The tiles of diffusers' {@code enable_tiling}, which a video has that is too large for most
 * devices.
 *
 * @param size of a tile, in latents
 * @param stride from tile to tile, in latents
 */
record Hunyuan15Tiles(int size, int stride) implements TileRule {
    private static final int PIXELS = 256;
    private static final double OVERLAP = 0.25;

    /** Frames of 2560 x 1440 pixels are decoded whole, and larger ones are not. */
    private static final long LIMIT = 64L << 30;

    static Hunyuan15Tiles of(Hunyuan15VaeConfig config) {
        int size = Math.max(1, PIXELS / config.spatialRatio());
        return new Hunyuan15Tiles(size, Math.max(1, (int) (size * (1 - OVERLAP))));
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
