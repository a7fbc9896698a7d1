package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Clip;
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
            Tensor out = new Orientation(code).turn(Tensor.of(arena, values, 2, 3, 3), arena);
            assertThat(out.size(0)).isEqualTo(height);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 18; i += 3) {
                text.append((int) out.toFloats()[i]);
            }
            assertThat(text).hasToString(seen);
        }
    }

    @Test
    void aPhotoTakenUprightIsReadUpright() throws IOException {
        Path file = folder.resolve("photo.jpg");
        try (Clip clip = TestClips.moving(1, 32, 48, 8)) {
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(Rgb.image(clip.frames().get(0)), "jpg", jpeg);
            Files.write(file, withExif(jpeg.toByteArray(), 6));
        }
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Images.read(file, arena).shape().dims()).containsExactly(48, 32, 3);
        }
    }

    @Test
    void damagedExifDataIsLeftAlone() throws IOException {
        byte[] jpeg;
        try (Clip clip = TestClips.moving(1, 16, 16, 8)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(Rgb.image(clip.frames().get(0)), "jpg", bytes);
            jpeg = withExif(bytes.toByteArray(), 8);
        }
        Random random = new Random(4);
        for (int i = 0; i < 5000; i++) {
            byte[] damaged = Arrays.copyOf(jpeg, random.nextInt(jpeg.length));
            for (int k = 0; k < 3 && damaged.length > 0; k++) {
                damaged[random.nextInt(Math.min(damaged.length, 64))] = (byte) random.nextInt();
            }
            assertThat(Orientation.ofJpeg(damaged).code()).isBetween(1, 8);
        }
    }

    /** The JPEG with an Exif segment of one entry behind its first marker. */
    private static byte[] withExif(byte[] jpeg, int code) {
        ByteBuffer tiff = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
        tiff.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
        tiff.putShort((short) code).putShort((short) 0).putInt(0);
        ByteBuffer out = ByteBuffer.allocate(jpeg.length + 4 + 6 + 26);
        out.put(jpeg, 0, 2).putShort((short) 0xffe1).putShort((short) (2 + 6 + 26));
        out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff.array());
        return out.put(jpeg, 2, jpeg.length - 2).array();
    }
}
