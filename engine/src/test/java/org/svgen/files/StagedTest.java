package org.svgen.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.IIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

class StagedTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "No space left on device     | no space left on its disk",
                "Disk quota exceeded         | the disk quota is used up",
                "File too large              | the file grows larger than its disk or 'ulimit -f' allows",
                "Read-only file system       | read-only file system"
            })
    void whyADiskTakesNoMoreIsToldBehindWhateverAnEncoderMakesOfIt(String system, String words)
            throws IOException {
        Path out = Files.writeString(folder.resolve("a.png"), "old");
        assertThatThrownBy(() ->
                        Staged.write(
                                out,
                                temporary -> {
                                    Files.createFile(temporary);
                                    throw new IIOException(
                                            "I/O error writing PNG file!", new IOException(system));
                                }))
                .isInstanceOf(BadInputException.class)
                .hasMessage("cannot write %s: %s", out, words);
        assertThat(out).hasContent("old");
        assertThat(names()).containsExactly("a.png");
    }

    @Test
    void aNameThatTheDiskDoesNotTakeIsToldBeforehand() {
        Path longest = folder.resolve("n".repeat(250) + ".json");
        Staged.checkFile(longest);
        Path out = folder.resolve("n" + longest.getFileName());
        assertThatThrownBy(() -> Staged.checkFile(out))
                .isInstanceOf(BadInputException.class)
                .hasMessage("cannot write %s: the name is too long", out);
    }

    @Test
    void whatDoesNotReadBackIsNotPublished() throws IOException {
        Path out = Files.writeString(folder.resolve("a.mp4"), "old");
        assertThatThrownBy(() ->
                        Staged.write(
                                out,
                                temporary -> {
                                    Files.writeString(temporary, "ne");
                                    throw new IOException("it does not read back");
                                }))
                .isInstanceOf(SvgenException.class)
                .hasMessage("cannot write %s: it does not read back", out);
        assertThat(out).hasContent("old");
        assertThat(names()).containsExactly("a.mp4");
    }

    @Test
    void aFileThatNobodyWroteIsNotPublished() throws IOException {
        Path out = Files.writeString(folder.resolve("a.json"), "old");
        assertThatThrownBy(() -> Staged.write(out, temporary -> {}))
                .isInstanceOf(SvgenException.class);
        assertThat(out).hasContent("old");
        assertThat(names()).containsExactly("a.json");
    }

    @Test
    void aNameAsLongAsTheSystemTakesIsTaken() throws IOException {
        String name = "猫".repeat(83) + ".mp4"; // 253 bytes
        Staged.write(folder.resolve(name), temporary -> Files.writeString(temporary, "new"));
        assertThat(folder.resolve(name)).hasContent("new");
        assertThat(names()).containsExactly(name);
    }

    @Test
    void aNameThatIsTooLongIsToldBeforeTheWork() {
        Path out = folder.resolve("x".repeat(260) + "/a.mp4");
        assertThatThrownBy(() -> Staged.checkFile(out)).isInstanceOf(BadInputException.class);
    }

    @Test
    void manyWritersWithNumberedNamesGetOneEach() throws Exception {
        Place place = new Place.Numbered(folder, "v-", ".mp4");
        List<Path> written =
                atOnce(
                        8,
                        i ->
                                Staged.write(
                                        place, temporary -> Files.writeString(temporary, "" + i)));
        assertThat(written).doesNotHaveDuplicates();
        assertThat(names())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 8).mapToObj("v-%d.mp4"::formatted).toList());
        for (int i = 0; i < 8; i++) {
            assertThat(written.get(i)).hasContent("" + i);
        }
    }

    @Test
    void ofManyWritersOfOneFolderOneWinsAndNothingIsMixed() throws Exception {
        Path out = folder.resolve("frames");
        for (int round = 0; round < 20; round++) {
            atOnce(
                    4,
                    i -> {
                        Staged.write(
                                out,
                                temporary -> {
                                    Files.createDirectory(temporary);
                                    Files.writeString(temporary.resolve("a" + i), "");
                                    Files.writeString(temporary.resolve("b" + i), "");
                                });
                        return out;
                    });
            assertThat(names()).containsExactly("frames");
            try (Stream<Path> files = Files.list(out)) {
                List<String> inside = files.map(f -> f.getFileName().toString()).sorted().toList();
                String winner = inside.getFirst().substring(1);
                assertThat(inside).containsExactly("a" + winner, "b" + winner);
            }
        }
    }

    @Test
    void aFileInPlaceOfTheFolderIsNotLost() throws IOException {
        Path out = Files.writeString(folder.resolve("frames"), "a text");
        assertThatThrownBy(() -> Staged.write(out, Files::createDirectory))
                .isInstanceOf(SvgenException.class);
        assertThat(out).hasContent("a text");
        assertThat(names()).containsExactly("frames");
    }

    @Test
    void encodersThatHideTheReasonLeaveAtLeastTheirWords() {
        Path out = folder.resolve("a.mp4");
        assertThatThrownBy(() ->
                        Staged.write(
                                out,
                                temporary -> {
                                    throw new FileNotFoundException("error -28");
                                }))
                .isInstanceOf(SvgenException.class)
                .hasMessage("cannot write %s: error -28", out);
    }

    private interface Task {
        Path run(int i) throws Exception;
    }

    private static List<Path> atOnce(int count, Task task) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Callable<Path>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tasks.add(() -> task.run(number));
            }
            List<Path> results = new ArrayList<>();
            for (Future<Path> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
