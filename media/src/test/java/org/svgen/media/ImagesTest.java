package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

class ImagesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp"})
    void losslessFormatsGiveTheirColours(String format) throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(2, 1, 0xff8000);
        try (Arena arena = Arena.ofConfined()) {
            Tensor read = Images.read(write(image, format), arena);
            assertThat(read.shape().dims()).containsExactly(2, 3, 3);
            assertThat(read.get(1).get(2).toFloats()).containsExactly(1f, 128 / 255f, 0f);
        }
    }

    @Test
    void ofAnAnimationTheFirstFrameIsTaken() throws IOException {
        Path file = folder.resolve("clip.gif");
        try (var clip = TestClips.moving(3, 32, 48, 8);
                Arena arena = Arena.ofConfined()) {
            VideoWriter.to(file.toString()).write(clip, Map.of());
            assertThat(TestClips.psnr(clip.frames().get(0), Images.read(file, arena)))
                    .isGreaterThan(30);
        }
    }

    @Test
    void greyPicturesKeepTheirValues() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(1, 0, 0, 51);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Images.read(write(image, "png"), arena).toFloats())
                    .containsExactly(0, 0, 0, 0.2f, 0.2f, 0.2f);
        }
    }

    @Test
    void sixteenBitsAreKept() throws IOException {
        ColorModel model =
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        false,
                        false,
                        Transparency.OPAQUE,
                        DataBuffer.TYPE_USHORT);
        BufferedImage image =
                new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), false, null);
        image.getRaster().setPixel(0, 0, new int[] {1000, 2000, 65535});
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Images.read(write(image, "png"), arena).toFloats())
                    .containsExactly(1000 / 65535f, 2000 / 65535f, 1);
        }
    }

    @Test
    void transparencyIsDropped() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x400000ff);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Images.read(write(image, "png"), arena).toFloats())
                    .containsExactly(0, 0, 1f);
        }
    }

    @Test
    void jpegComesClose() throws IOException {
        try (var clip = TestClips.moving(1, 64, 96, 8);
                Arena arena = Arena.ofConfined()) {
            Tensor read = Images.read(write(clip.image(0), "jpg"), arena);
            assertThat(read.toFloats()[0]).isCloseTo(clip.frames().toFloats()[0], within(0.05f));
        }
    }

    @Test
    void aTruncatedPictureIsOneLineOfBadInput() throws IOException {
        try (var clip = TestClips.moving(1, 64, 96, 8);
                Arena arena = Arena.ofConfined()) {
            Path file = write(clip.image(0), "png");
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            assertThatThrownBy(() -> Images.read(file, arena))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("corrupt")
                    .extracting(e -> e.getMessage().lines().count())
                    .isEqualTo(1L);
        }
    }

    @Test
    void aPngThatIsCutWithinItsLastChunkIsRead() throws IOException {
        Path file = folder.resolve("cut.png");
        byte[] whole = Files.readAllBytes(TestPictures.file("rgb.png"));
        float[] expected = read(TestPictures.file("rgb.png"));
        for (int cut : new int[] {1, 5, 12}) {
            Files.write(file, Arrays.copyOf(whole, whole.length - cut));
            assertThat(read(file)).as("less %d bytes", cut).containsExactly(expected);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 13));
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("cut short");
    }

    @ParameterizedTest
    @CsvSource({"1, false", "3, true", "7, false", "8, true"})
    void anOrientationCountsWherePillowSeesANumber(int type, boolean turned) throws IOException {
        byte[] exif = {
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'I',
            'I',
            42,
            0,
            8,
            0,
            0,
            0,
            1,
            0,
            0x12,
            1,
            (byte) type,
            0,
            1,
            0,
            0,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
            0
        };
        byte[] plain = Files.readAllBytes(TestPictures.file("420.jpg"));
        var jpeg = new ByteArrayOutputStream();
        jpeg.write(plain, 0, 2);
        jpeg.write(new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (exif.length + 2)});
        jpeg.write(exif);
        jpeg.write(plain, 2, plain.length - 2);
        Path file = folder.resolve("type.jpg");
        Files.write(file, jpeg.toByteArray());
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Images.read(file, arena).size(0)).isEqualTo(turned ? 33 : 19);
        }
    }

    @ParameterizedTest
    @CsvSource({"rgba, 4", "rgb, 3"})
    void aTiffOfFourSamplesUnderJpegIsRefusedAndNotShownInOtherColours(String kind, int samples)
            throws IOException {
        byte[] tiff = Files.readAllBytes(TestPictures.file("jpeg.tif"));
        for (int at = 0; at + 12 <= tiff.length; at++) {
            // The tag of samples a pixel, a short: the decoder itself shall not be asked.
            if (tiff[at] == 21 && tiff[at + 1] == 1 && tiff[at + 2] == 3 && tiff[at + 4] == 1) {
                tiff[at + 8] = (byte) samples;
            }
        }
        Path file = folder.resolve(kind + ".tif");
        Files.write(file, tiff);
        if (samples == 3) {
            assertThat(read(file)).isNotEmpty();
        } else {
            assertThatThrownBy(() -> read(file))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(
                            "expected at most 3 samples a pixel under JPEG's compression, found 4");
        }
    }

    private static float[] read(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            return Images.read(file, arena).toFloats();
        }
    }

    @Test
    void whatIsNotThereIsBadInput() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Images.read(folder.resolve("none.png"), arena))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("no such file");
            assertThatThrownBy(() -> Images.read(folder, arena))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("expected a file, found a folder");
        }
    }

    @Test
    void aPictureOfMorePixelsThanAPhotoHasIsRefusedBeforeItIsDecoded() throws IOException {
        byte[] gif = Files.readAllBytes(TestPictures.file("palette.gif"));
        Arrays.fill(gif, 6, 10, (byte) 0x80);
        Path file = Files.write(folder.resolve("bomb.gif"), gif);
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Images.read(file, arena))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("expected at most 268435456 pixels")
                    .hasMessageContaining("found 32896 x 32896");
        }
    }

    @Test
    void theNameDoesNotCountButTheContent() throws IOException {
        Path file = folder.resolve("photo.jpg");
        Files.copy(TestPictures.file("lossless.webp"), file);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Images.read(file, arena).toFloats())
                    .isEqualTo(Images.read(TestPictures.file("rgb.png"), arena).toFloats());
        }
    }

    private Path write(BufferedImage image, String format) throws IOException {
        Path file = folder.resolve("image." + format);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }
}
