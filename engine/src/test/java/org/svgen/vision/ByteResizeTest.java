package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.Tensor;
import org.svgen.vision.ByteResize.Weights;

class ByteResizeTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 23;

    /** Checksums of the bytes that Pillow 9.4 gives for the same picture. */
    @ParameterizedTest
    @CsvSource({
        "BICUBIC,16,50,a718e538",
        "BICUBIC,90,11,c434f942",
        "BICUBIC,37,9,3ee0957d",
        "BICUBIC,5,23,7b5100ee",
        "BICUBIC,64,64,009b6402",
        "LANCZOS,16,50,2b15d178",
        "LANCZOS,90,11,ee840051",
        "LANCZOS,37,9,6201630d",
        "LANCZOS,5,23,723242bf",
        "LANCZOS,64,64,34a60a92",
        "LANCZOS,1,1,29c77c3d"
    })
    void givesTheBytesOfPillow(Kernel kernel, int width, int height, String checksum) {
        try (Arena arena = Arena.ofShared()) {
            Tensor out =
                    new ByteResize(kernel, Weights.PILLOW)
                            .resize(arena, picture(arena), height, width);
            assertThat(out.shape().dims()).containsExactly(height, width, 3);
            CRC32 found = new CRC32();
            for (float value : out.toFloats()) {
                found.update(Math.round(value * 255));
                assertThat(value * 255).isEqualTo(Math.round(value * 255));
            }
            assertThat("%08x".formatted(found.getValue())).isEqualTo(checksum);
        }
    }

    @Test
    void theSameSizeChangesNothing() {
        try (Arena arena = Arena.ofShared()) {
            Tensor picture = picture(arena);
            for (Weights weights : Weights.values()) {
                Tensor out =
                        new ByteResize(Kernel.BICUBIC, weights)
                                .resize(arena, picture, HEIGHT, WIDTH);
                assertThat(out.toFloats()).isEqualTo(picture.toFloats());
            }
        }
    }

    private static Tensor picture(Arena arena) {
        float[] values = new float[HEIGHT * WIDTH * 3];
        for (int i = 0; i < values.length; i++) {
            int c = i % 3;
            int x = i / 3 % WIDTH;
            int y = i / 3 / WIDTH;
            values[i] = (x * x * 7 + y * 13 + c * 29 + x * y * 5) % 256 / 255f;
        }
        return Tensor.of(arena, values, HEIGHT, WIDTH, 3);
    }
}
