package org.svgen.cogvideox;

/**
 * Overlapping tiles over an area; all numbers in latents. The overlap is blended over its whole
 * size. For sample sizes whose sixteenth and fifth parts are whole latents these are the tiles and
 * seams of diffusers; for others diffusers' seams do not meet, and these do.
 */
record TileGrid(
        int height, int width, int tileHeight, int tileWidth, int strideHeight, int strideWidth) {
    private static final double OVERLAP_HEIGHT = 1.0 / 6;
    private static final double OVERLAP_WIDTH = 1.0 / 5;

    /** A part of the area, cut off at its end. */
    record Tile(int row, int column, int y, int x, int height, int width) {}

    /** One tile. */
    static TileGrid whole(int height, int width) {
        return new TileGrid(height, width, height, width, height, width);
    }

    /** Tiles of half the size that the autoencoder was trained on. */
    static TileGrid of(CogVideoXVaeConfig config, int height, int width) {
        int tileHeight = Math.max(2, config.sampleHeight() / 2 / config.spatialRatio());
        int tileWidth = Math.max(2, config.sampleWidth() / 2 / config.spatialRatio());
        if (height <= tileHeight && width <= tileWidth) {
            return whole(height, width);
        }
        return new TileGrid(
                height,
                width,
                tileHeight,
                tileWidth,
                (int) (tileHeight * (1 - OVERLAP_HEIGHT)),
                (int) (tileWidth * (1 - OVERLAP_WIDTH)));
    }

    int rows() {
        return Math.ceilDiv(height, strideHeight);
    }

    int columns() {
        return Math.ceilDiv(width, strideWidth);
    }

    int count() {
        return rows() * columns();
    }

    /** The {@code i}-th tile, row by row. */
    Tile tile(int i) {
        int row = i / columns();
        int column = i % columns();
        int y = row * strideHeight;
        int x = column * strideWidth;
        return new Tile(
                row,
                column,
                y,
                x,
                Math.min(tileHeight, height - y),
                Math.min(tileWidth, width - x));
    }
}
