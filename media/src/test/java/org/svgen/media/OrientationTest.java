package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.Tensor;

class OrientationTest {
    @TempDir Path folder;

    /** The picture 123/456, and what is seen of it. */
    @ParameterizedTest
    @CsvSource({
        "1, 2, 123456",
        "2, 2, 321654",
        "3, 2, 654321",
        "4, 2, 456123",
        "5, 3, 142536",
        "6, 3, 415263",
        "7, 3, 635241",
        "8, 3, 362514"
    })
    void turnsPicturesAsTheyShallBeSeen(int code, int height, String seen) {
        try (Arena arena = Arena.ofConfined()) {
            float[] values = new float[18];
            for (int i = 0; i < 18; i++) {
                values[i] = i / 3 + 1;
            }
            Tensor out = new Orientation(code).turn(pixels(values), arena);
            assertThat(out.size(0)).isEqualTo(height);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 18; i += 3) {
                text.append((int) out.toFloats()[i]);
            }
            assertThat(text).hasToString(seen);
        }
    }

    private static Pixels pixels(float[] values) {
        return new Pixels() {
            @Override
            public int width() {
                return 3;
            }

            @Override
            public int height() {
                return 2;
            }

            @Override
            public void row(int y, float[] rgb) {
                System.arraycopy(values, 9 * y, rgb, 0, 9);
            }
        };
    }
}
