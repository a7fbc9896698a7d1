package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.Clip;

class ContactSheetTest {
    @TempDir Path folder;

    @Test
    void showsFramesOfEachClipInOrderUnderItsTitle() throws IOException {
        Path out = folder.resolve("sheet.png");
        try (Clip a = TestClips.moving(33, 80, 80, 16);
                Clip b = TestClips.moving(33, 80, 80, 16)) {
            ContactSheet.write(
                    out,
                    List.of(
                            new ContactSheet.Row("dense", a),
                            new ContactSheet.Row("svg 1.7x, 27.9 dB", b)),
                    5,
                    1);
            BufferedImage sheet = ImageIO.read(out.toFile());
            // Frames of 80 doubled to 160; margins of 8, gaps of 4, titles of 22.
            assertThat(sheet.getWidth()).isEqualTo(2 * 8 + 5 * 160 + 4 * 4);
            assertThat(sheet.getHeight()).isEqualTo(2 * 8 + 2 * (22 + 160) + 4);
            BufferedImage last = a.image(32);
            assertThat(sheet.getRGB(8 + 4 * 164 + 100, 8 + 22 + 60)).isEqualTo(last.getRGB(50, 30));
            assertThat(sheet.getRGB(8, 8 + 4 * 2))
                    .as("the stem of the d")
                    .isNotEqualTo(sheet.getRGB(0, 0));
        }
    }

    @Test
    void wideFramesAreReducedAndAFewFramesAreAllShown() throws IOException {
        Path out = folder.resolve("sheet.png");
        try (Clip clip = TestClips.moving(3, 120, 640, 16)) {
            ContactSheet.write(out, List.of(new ContactSheet.Row("", clip)), 4, 2);
        }
        BufferedImage sheet = ImageIO.read(out.toFile());
        assertThat(sheet.getWidth()).isEqualTo(2 * 8 + 3 * 320 + 2 * 4);
        assertThat(sheet.getHeight()).isEqualTo(2 * 8 + 60);
    }

    @Test
    void framesAreEvenlySpacedFromTheFirstToTheLast() {
        assertThat(IntStream.range(0, 5).map(i -> ContactSheet.frameShown(i, 5, 33)))
                .containsExactly(0, 8, 16, 24, 32);
    }
}
