package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.TestDevice;
import org.svgen.tiles.TileBlender;
import org.svgen.tiles.TileGrid;

class VaePartsTest {
    @Test
    void aCausalConvolutionInBatchesEqualsOneOverAllFrames() {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            CausalConv conv = new CausalConv(noise(arena, 4, 3, 3, 3, 3), noise(arena, 4));
            Tensor x = noise(arena, 8, 5, 6, 3);
            float[] whole =
                    conv.applyTo(new VaeBatch(workspace, FrameCache.none(), null), x).toFloats();
            FrameCache cache =
                    FrameCache.reserve(
                            workspace,
                            (dry, recorder) -> conv.applyTo(new VaeBatch(dry, recorder, null), x));
            VaeBatch batch = new VaeBatch(workspace, cache, null);
            int[] ends = {3, 4, 6, 8}; // a batch of one frame among them
            int from = 0;
            for (int to : ends) {
                cache.begin(from == 0, to == 8);
                float[] part = conv.applyTo(batch, x.rows(from, to)).toFloats();
                int frame = 5 * 6 * 4;
                assertThat(part)
                        .as("frames %d..%d", from, to)
                        .containsExactly(
                                Arrays.copyOfRange(whole, from * frame, to * frame), within(1e-5f));
                from = to;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "3, 3, 0 1 2",
        "3, 9, 0 1 1 1 1 2 2 2 2",
        "2, 2, 0 1",
        "2, 8, 0 0 0 0 1 1 1 1"
    })
    void framesFindTheirLatents(int latentFrames, int frames, String expected) {
        assertThat(VaeNorm.nearestFrames(latentFrames, frames))
                .containsExactly(
                        List.of(expected.split(" ")).stream()
                                .mapToInt(Integer::parseInt)
                                .toArray());
    }

    @Test
    void tilesOfCogVideoXAreThoseOfDiffusers() {
        TileGrid grid = config(480, 720).tiles(60, 90);
        // Pixels: tiles of 240 x 360, strides of 200 and 288, so seams of 40 and 72.
        assertThat(grid).isEqualTo(new TileGrid(60, 90, 30, 45, 25, 36));
        assertThat(grid.count()).isEqualTo(9);
        assertThat(grid.tile(8)).isEqualTo(new TileGrid.Tile(2, 2, 50, 72, 10, 18));
        assertThat(config(96, 80).tiles(7, 6)).isEqualTo(new TileGrid(7, 6, 6, 5, 5, 4));
    }

    /** Any picture, cut into tiles that agree where they overlap, comes out as it was. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void seamsMeet(int seed) {
        RandomGenerator random = new Random(seed);
        int h = 3 + (seed * 7) % 11;
        int w = 3 + (seed * 5) % 13;
        int scale = 1 + seed % 3;
        TileGrid grid = config(16 * (2 + seed % 4), 16 * (3 + seed % 3)).tiles(h, w);
        float[] picture = new float[h * w * scale * scale * 3];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = random.nextFloat();
        }
        float[] joined = new float[picture.length];
        TileBlender blender = new TileBlender(grid, scale, 1, 3);
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

    private static int at(TileGrid.Tile t, int y, int width, int scale) {
        return ((t.y() * scale + y) * width * scale + t.x() * scale) * 3;
    }

    private static CogVideoXVaeConfig config(int sampleHeight, int sampleWidth) {
        return new CogVideoXVaeConfig(
                3,
                3,
                16,
                List.of(8, 8, 8, 8),
                3,
                1e-6,
                4,
                4,
                sampleHeight,
                sampleWidth,
                1,
                false,
                false,
                false);
    }

    private static Tensor noise(Arena arena, long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(dims.length).normal(tensor);
        return tensor;
    }
}
