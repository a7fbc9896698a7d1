package org.svgen.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileBlenderTest {
    /** Any picture, cut into tiles that agree where they overlap, comes out as it was. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void seamsMeet(int seed) {
        RandomGenerator random = new Random(seed);
        int h = 3 + (seed * 7) % 11;
        int w = 3 + (seed * 5) % 13;
        int scale = 1 + seed % 3;
        TileGrid grid = grid(h, w, 2 + seed % 4, 3 + seed % 3);
        float[] picture = new float[h * w * scale * scale * 3];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = random.nextFloat();
        }
        float[] joined = new float[picture.length];
        TileBlender blender = new TileBlender(grid, scale, 1 + seed % 2, 1, 3);
        for (int i = 0; i < grid.count(); i++) {
            TileGrid.Tile t = grid.tile(i);
            int rows = t.height() * scale;
            int row = t.width() * scale * 3;
            float[] pixels = new float[seed + rows * row];
            for (int y = 0; y < rows; y++) {
                System.arraycopy(picture, at(t, y, w, scale), pixels, seed + y * row, row);
            }
            blender.blend(t, 0, pixels, seed, rows, t.width() * scale);
            for (int y = 0; y < Math.min(rows, grid.strideHeight() * scale); y++) {
                int count = Math.min(row, grid.strideWidth() * scale * 3);
                System.arraycopy(pixels, seed + y * row, joined, at(t, y, w, scale), count);
            }
        }
        assertThat(joined).containsExactly(picture, within(1e-6f));
    }

    /** Columns of a patch fade together: 4 pixels of overlap are two steps. */
    @Test
    void patchesFadeAsOne() {
        TileGrid grid = new TileGrid(1, 7, 1, 4, 1, 3);
        float[] left = new float[16];
        float[] right = new float[16];
        Arrays.fill(right, 8);
        TileBlender blender = new TileBlender(grid, 4, 2, 1, 1);
        blender.blend(grid.tile(0), 0, left, 0, 1, 16);
        blender.blend(grid.tile(1), 0, right, 0, 1, 16);
        assertThat(Arrays.copyOf(right, 6)).containsExactly(0, 0, 4, 4, 8, 8);
    }

    private static int at(TileGrid.Tile t, int y, int width, int scale) {
        return ((t.y() * scale + y) * width * scale + t.x() * scale) * 3;
    }

    /** Tiles whose neighbours overlap by a sixth and a fifth, as CogVideoX has them. */
    private static TileGrid grid(int h, int w, int tileHeight, int tileWidth) {
        return h <= tileHeight && w <= tileWidth
                ? TileGrid.whole(h, w)
                : new TileGrid(h, w, tileHeight, tileWidth, tileHeight * 5 / 6, tileWidth * 4 / 5);
    }
}
