package org.svgen.vae;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Overlapping tiles over an area; all numbers in latents. The overlap is blended over its whole
 * size.
 */
public record TileGrid(
        int height, int width, int tileHeight, int tileWidth, int strideHeight, int strideWidth) {
    /** A part of the area, cut off at its end. */
    public record Tile(int row, int column, int y, int x, int height, int width) {}

    /** One tile. */
    public static TileGrid whole(int height, int width) {
        return new TileGrid(height, width, height, width, height, width);
    }

    public int rows() {
        return Math.ceilDiv(height, strideHeight);
    }

    public int columns() {
        return Math.ceilDiv(width, strideWidth);
    }

    public int count() {
        return rows() * columns();
    }

    /** The {@code i}-th tile, row by row. */
    public Tile tile(int i) {
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

    /**
     * The part of {@code x} under {@code tile}.
     *
     * @param scale pixels of {@code x} per unit of the grid
     * @return {@code x} itself if the tile is all of it, else memory of {@code workspace}
     */
    public Tensor crop(Workspace workspace, Tensor x, Tile tile, int scale) { // [T, H, W, C]
        if (count() == 1) {
            return x;
        }
        int t = x.size(0);
        int c = x.size(3);
        int y = tile.y() * scale;
        int left = tile.x() * scale;
        int h = tile.height() * scale;
        int w = tile.width() * scale;
        Tensor out = workspace.allocate(DType.F32, t, h, w, c);
        try (var _ = workspace.scope()) {
            // What is to be cut comes first for each cut.
            Tensor rows = workspace.allocate(DType.F32, x.size(1), t, x.size(2), c);
            workspace.ops().permute(x, new int[] {1, 0, 2, 3}, rows);
            Tensor columns = workspace.allocate(DType.F32, x.size(2), t, h, c);
            workspace.ops().permute(rows.rows(y, y + h), new int[] {2, 1, 0, 3}, columns);
            workspace.ops().permute(columns.rows(left, left + w), new int[] {1, 2, 0, 3}, out);
        }
        return out;
    }
}
