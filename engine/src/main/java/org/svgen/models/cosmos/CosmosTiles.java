package org.svgen.models.cosmos;

import org.svgen.vae.TileGrid;
import org.svgen.vae.TileRule;

/**
 * The tiles that diffusers names for Cosmos' autoencoder, which it does not cut itself.
 *
 * @param size of a tile, in latents
 * @param stride from tile to tile, in latents
 */
record CosmosTiles(int size, int stride) implements TileRule {
    private static final int PIXELS = 512;
    private static final int STRIDE_PIXELS = 448;

    static CosmosTiles of(CosmosVaeConfig config) {
        int pixels = config.spatialRatio();
        return new CosmosTiles(PIXELS / pixels, STRIDE_PIXELS / pixels);
    }

    @Override
    public TileGrid over(int height, int width) {
        return height <= size && width <= size
                ? TileGrid.whole(height, width)
                : new TileGrid(height, width, size, size, stride, stride);
    }
}
