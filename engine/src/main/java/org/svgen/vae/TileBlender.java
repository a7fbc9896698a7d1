package org.svgen.vae;

/**
 * Blends the frames of tiles that come row by row into one picture: where a tile lies over the one
 * above and the one to the left, it fades in linearly, downwards first (diffusers: {@code blend_v},
 * {@code blend_h}). Keeps only the edges that later tiles need. Frames may come at the same time.
 */
final class TileBlender {
    private final int channels;
    private final int patch;
    private final int seamHeight;
    private final int seamWidth;
    private final float[][][] bottoms; // [column][frame], the last rows of the tile above
    private final float[][] rights; // [frame], the last columns of the tile to the left

    /**
     * @param scale pixels per unit of the grid
     * @param patch pixels each way that fade as one
     */
    TileBlender(TileGrid grid, int scale, int patch, int frames, int channels) {
        this.channels = channels;
        this.patch = patch;
        seamHeight = (grid.tileHeight() - grid.strideHeight()) * scale;
        seamWidth = (grid.tileWidth() - grid.strideWidth()) * scale;
        bottoms = new float[grid.columns()][frames][0];
        rights = new float[frames][0];
    }

    /**
     * Changes a frame of a tile where it overlaps.
     *
     * @param pixels from {@code at} on [height, width, channels]
     */
    void blend(TileGrid.Tile tile, int frame, float[] pixels, int at, int height, int width) {
        int rowSize = width * channels;
        if (tile.row() > 0) {
            float[] above = bottoms[tile.column()][frame];
            int seam = Math.min(height, above.length / rowSize);
            for (int y = 0; y < seam; y++) {
                int from = above.length + (y - seam) * rowSize;
                fade(above, from, pixels, at + y * rowSize, rowSize, share(y, seam));
            }
        }
        if (tile.column() > 0) {
            float[] left = rights[frame];
            int edge = left.length / height; // values of a row of the edge
            int seam = Math.min(width, edge / channels);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < seam; x++) {
                    int from = (y + 1) * edge + (x - seam) * channels;
                    int to = at + y * rowSize + x * channels;
                    fade(left, from, pixels, to, channels, share(x, seam));
                }
            }
        }
        keepEdges(tile, frame, pixels, at, height, width);
    }

    /** Of the new tile, {@code i} pixels behind its edge. */
    private double share(int i, int seam) {
        return (double) (i / patch * patch) / seam;
    }

    private void keepEdges(
            TileGrid.Tile tile, int frame, float[] pixels, int at, int height, int width) {
        int rowSize = width * channels;
        int bottom = Math.min(seamHeight, height) * rowSize;
        float[] below = ofLength(bottom, bottoms[tile.column()][frame]);
        System.arraycopy(pixels, at + height * rowSize - bottom, below, 0, bottom);
        bottoms[tile.column()][frame] = below;
        int right = Math.min(seamWidth, width) * channels;
        float[] edge = ofLength(height * right, rights[frame]);
        for (int y = 0; y < height; y++) {
            System.arraycopy(pixels, at + (y + 1) * rowSize - right, edge, y * right, right);
        }
        rights[frame] = edge;
    }

    /** Edges have been used when the next come: their arrays serve again. */
    private static float[] ofLength(int length, float[] used) {
        return used.length == length ? used : new float[length];
    }

    private static void fade(
            float[] old, int from, float[] fresh, int to, int count, double share) {
        float keep = (float) (1 - share);
        float take = (float) share;
        for (int i = 0; i < count; i++) {
            fresh[to + i] = old[from + i] * keep + fresh[to + i] * take;
        }
    }
}
