package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/** Files that were cut or changed are read, or refused in one line; nothing else may happen. */
class DamagedFilesTest {
    @TempDir Path folder;

    @Test
    void pictures() throws IOException {
        Random random = new Random(16);
        for (Pillow picture : TestPictures.all()) {
            byte[] whole = Files.readAllBytes(TestPictures.file(picture.name()));
            Path file = folder.resolve(picture.name());
            for (int i = 0; i < 4; i++) {
                Files.write(file, damage(whole, random));
                readOrRefused(file, Tensor::shape);
            }
        }
    }

    @Test
    void aPictureThatIsCutShortIsRefusedUnlessAllOfItsPixelsAreThere() throws IOException {
        Random random = new Random(13);
        for (Pillow picture : TestPictures.all()) {
            Path original = TestPictures.file(picture.name());
            Path file = folder.resolve(picture.name());
            byte[] bytes = Files.readAllBytes(original);
            float[] expected = readOrRefused(original, Tensor::toFloats).orElse(new float[0]);
            for (int i = 0; i < 4; i++) {
                int reach = i % 2 == 0 ? bytes.length : Math.min(bytes.length, 24);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - 1 - random.nextInt(reach)));
                boolean whole =
                        readOrRefused(file, Tensor::toFloats)
                                .map(v -> Arrays.equals(v, expected))
                                .orElse(true);
                assertThat(whole).as(picture.name()).isTrue();
            }
        }
    }

    /** Of the picture, if it can be read; else nothing but one line is said. */
    private static <T> Optional<T> readOrRefused(Path file, Function<Tensor, T> what) {
        try (Arena arena = Arena.ofConfined()) {
            return Optional.of(what.apply(Images.read(file, arena)));
        } catch (BadInputException e) {
            assertThat(e.getMessage().lines()).hasSize(1);
            assertThat(e).hasMessageContaining(file.toString());
            return Optional.empty();
        }
    }

    @Test
    void videos() throws IOException {
        Path whole = folder.resolve("whole.mp4");
        try (Clip clip = TestClips.moving(5, 48, 64, 8)) {
            VideoWriter.to(whole.toString()).write(clip, Map.of("comment", "{}"));
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path file = folder.resolve("damaged.mp4");
        Random random = new Random(12);
        for (int i = 0; i < 200; i++) {
            Files.write(file, damage(bytes, random));
            try {
                VideoReader.read(file).close();
            } catch (BadInputException e) {
                assertThat(e.getMessage().lines()).hasSize(1);
            }
        }
    }

    @Test
    void aVideoThatIsCutShortIsNotTakenForAShortVideo() throws IOException {
        Path file = folder.resolve("cut.mp4");
        try (Clip clip = TestClips.moving(5, 48, 64, 8)) {
            VideoWriter.to(file.toString()).write(clip, Map.of());
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length * 3 / 4));
        assertThatThrownBy(() -> VideoReader.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("cannot read video " + file + ": it is cut short");
    }

    /** One to eight bytes changed, most of them near the head; sometimes the tail cut off. */
    private static byte[] damage(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            int reach = random.nextBoolean() ? Math.min(bytes.length, 200) : bytes.length;
            bytes[random.nextInt(reach)] = (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
