package org.svgen.cogvideox;

import java.util.List;

/** Blends tiles as diffusers does: all in memory, each over its neighbours above and left. */
final class WholeTiles {
    private static final int CHANNELS = 3;

    private WholeTiles() {}

    /**
     * @param tiles [frames, height, width, 3] each, row by row; changed
     * @return [frames, height, width, 3]
     */
    static float[] blend(TileGrid grid, int scale, int frames, List<float[]> tiles) {
        int seamHeight = (grid.tileHeight() - grid.strideHeight()) * scale;
        int seamWidth = (grid.tileWidth() - grid.strideWidth()) * scale;
        int width = grid.width() * scale;
        float[] out = new float[frames * grid.height() * scale * width * CHANNELS];
        for (int i = 0; i < tiles.size(); i++) {
            TileGrid.Tile tile = grid.tile(i);
            int h = tile.height() * scale;
            int w = tile.width() * scale;
            float[] b = tiles.get(i);
            for (int f = 0; f < frames; f++) {
                if (tile.row() > 0) {
                    int above = i - grid.columns();
                    int ha = grid.tile(above).height() * scale;
                    int seam = Math.min(Math.min(ha, h), seamHeight);
                    for (int y = 0; y < seam; y++) {
                        for (int x = 0; x < w * CHANNELS; x++) {
                            int from = (f * ha + ha - seam + y) * w * CHANNELS + x;
                            int to = (f * h + y) * w * CHANNELS + x;
                            b[to] = fade(tiles.get(above)[from], b[to], y, seam);
                        }
                    }
                }
                if (tile.column() > 0) {
                    int wa = grid.tile(i - 1).width() * scale;
                    int seam = Math.min(Math.min(wa, w), seamWidth);
                    for (int y = 0; y < h; y++) {
                        for (int x = 0; x < seam * CHANNELS; x++) {
                            int from = ((f * h + y) * wa + wa - seam) * CHANNELS + x;
                            int to = (f * h + y) * w * CHANNELS + x;
                            b[to] = fade(tiles.get(i - 1)[from], b[to], x / CHANNELS, seam);
                        }
                    }
                }
                for (int y = 0; y < Math.min(h, grid.strideHeight() * scale); y++) {
                    int at = (f * grid.height() + tile.y()) * scale + y;
                    System.arraycopy(
                            b,
                            (f * h + y) * w * CHANNELS,
                            out,
                            (at * width + tile.x() * scale) * CHANNELS,
                            Math.min(w, grid.strideWidth() * scale) * CHANNELS);
                }
            }
        }
        return out;
    }

    private static float fade(float a, float b, int i, int seam) {
        return a * (float) (1 - (double) i / seam) + b * (float) ((double) i / seam);
    }
}
