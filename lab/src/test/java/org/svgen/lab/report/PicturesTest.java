package org.svgen.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.lab.study.Picture;

class PicturesTest {
    @TempDir Path folder;

    private List<String> names = List.of();

    @BeforeEach
    void draw() {
        names =
                MadeUpStudy.withPictures(folder, 1, 1).runs().stream()
                        .map(run -> run.pictures().getOrDefault(Picture.FRAMES, ""))
                        .toList();
    }

    @Test
    void aPictureIsItsFileAsLongAsThereIsRoom() throws IOException {
        Pictures pictures = Pictures.read(folder, names, Pictures.BUDGET);
        Embedded first = pictures.of(names.getFirst()).orElseThrow();
        assertThat(bytes(first)).isEqualTo(Files.readAllBytes(folder.resolve(names.getFirst())));
        assertThat(first.width()).isEqualTo(960);
        assertThat(pictures.anyReduced()).isFalse();
    }

    @Test
    void allOfThemTogetherStayWithinTheBudget() {
        long budget = 60_000;
        Pictures pictures = Pictures.read(folder, names, budget);
        long sum = 0;
        for (String name : names) {
            sum += bytes(pictures.of(name).orElseThrow()).length;
        }
        assertThat(sum).isBetween(budget / 4, budget);
        assertThat(pictures.anyReduced()).isTrue();
    }

    @Test
    void aFileThatIsGoneOrNoPictureIsMissedByName() throws IOException {
        Files.delete(folder.resolve(names.get(0)));
        Files.writeString(folder.resolve(names.get(1)), "no picture");
        Pictures pictures = Pictures.read(folder, names, Pictures.BUDGET);
        assertThat(pictures.missing(names)).containsExactly(names.get(0), names.get(1));
    }

    private static byte[] bytes(Embedded picture) {
        return Base64.getDecoder().decode(picture.uri().replaceFirst("^[^,]*,", ""));
    }
}
