package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.Tensor;

class LanczosTest {
    @Test
    void theSameSizeChangesNothing() {
        try (Arena arena = Arena.ofConfined()) {
            float[] pixels = {0, 0.1f, 0.2f, 1, 0.5f, 0.3f};
            Tensor image = Tensor.of(arena, pixels, 1, 2, 3);
            assertThat(Lanczos.resize(arena, image, 1, 2).toFloats()).isEqualTo(pixels);
        }
    }

    @Test
    void aTallPictureIsTheSameAsItsRowsOneByOne() {
        try (Arena arena = Arena.ofConfined()) {
            float[] pixels = new float[130 * 11 * 3];
            java.util.Random random = new java.util.Random(3);
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = random.nextFloat();
            }
            Tensor image = Tensor.of(arena, pixels, 130, 11, 3);
            Tensor out = Lanczos.resize(arena, image, 130, 4);
            for (int y = 0; y < 130; y++) {
                Tensor row = image.get(y).reshape(1, 11, 3);
                assertThat(out.get(y).toFloats())
                        .isEqualTo(Lanczos.resize(arena, row, 1, 4).toFloats());
            }
        }
    }

    @Test
    void anEvenPictureStaysEvenAtAnySize() {
        try (Arena arena = Arena.ofConfined()) {
            float[] pixels = new float[7 * 5 * 3];
            java.util.Arrays.fill(pixels, 0.25f);
            Tensor image = Tensor.of(arena, pixels, 7, 5, 3);
            for (int[] size : new int[][] {{3, 2}, {20, 30}, {7, 1}}) {
                Tensor out = Lanczos.resize(arena, image, size[0], size[1]);
                assertThat(out.shape().dims()).containsExactly(size[0], size[1], 3);
                for (float value : out.toFloats()) {
                    assertThat(value).isCloseTo(0.25f, within(1e-6f));
                }
            }
        }
    }

    @Test
    void shrinkingAveragesInsteadOfSkipping() {
        try (Arena arena = Arena.ofConfined()) {
            int n = 64;
            float[] stripes = new float[n * n * 3];
            for (int i = 0; i < n * n; i++) {
                java.util.Arrays.fill(stripes, i * 3, i * 3 + 3, i % 2);
            }
            Tensor image = Tensor.of(arena, stripes, n, n, 3);
            float[] out = Lanczos.resize(arena, image, 8, 8).toFloats();
            assertThat(out[(4 * 8 + 4) * 3]).isCloseTo(0.5f, within(0.02f));
        }
    }

    @Test
    void aSlopeKeepsItsPlace() {
        try (Arena arena = Arena.ofConfined()) {
            int w = 40;
            float[] slope = new float[w * 3];
            for (int x = 0; x < w; x++) {
                java.util.Arrays.fill(slope, x * 3, x * 3 + 3, (x + 0.5f) / w);
            }
            float[] out =
                    Lanczos.resize(arena, Tensor.of(arena, slope, 1, w, 3), 1, 100).toFloats();
            for (int x = 10; x < 90; x++) {
                assertThat(out[x * 3]).isCloseTo((x + 0.5f) / 100, within(2e-3f));
            }
        }
    }
}
