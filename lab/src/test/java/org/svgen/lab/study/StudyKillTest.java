package org.svgen.lab.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A real process that is killed: what it said is done stays, and the rest comes to the same. */
class StudyKillTest {
    private static final int SEED = 21;
    private static final int KILLS = 3;
    private static final int MOST_MILLIS = 120;

    @TempDir Path folder;

    @Test
    void aStudyThatIsKilledAtAnyMomentGoesOnAndComesToTheSame() throws Exception {
        Path killed = folder.resolve("killed");
        Path straight = folder.resolve("straight");
        Random random = new Random(SEED);
        int done = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Path words = folder.resolve("words" + kill);
            Process process = start(words, killed);
            while (last("done ", words) < 0) {
                assertThat(process.isAlive()).as("kill " + kill).isTrue();
                Thread.sleep(2);
            }
            Thread.sleep(random.nextInt(MOST_MILLIS));
            process.destroyForcibly().waitFor();
            // One run may have been kept before a kill that came before its word.
            assertThat(last("there ", words)).as("kill " + kill).isBetween(done, done + 1);
            done = last("done ", words);
        }
        Path words = folder.resolve("words");
        assertThat(start(words, killed, straight).waitFor()).isZero();
        assertThat(Files.readAllLines(words).getFirst())
                .isIn("there " + done, "there " + (done + 1));
        assertThat(numbers(killed)).isEqualTo(numbers(straight)).hasSize(8);
        assertThat(names(killed)).isEqualTo(names(straight));
    }

    private static int last(String word, Path words) throws IOException {
        return Files.readString(words)
                .lines()
                .filter(line -> line.matches(word + "\\d"))
                .mapToInt(line -> Integer.parseInt(line.substring(word.length())))
                .reduce(-1, (a, b) -> b);
    }

    /** All of each run but its seconds. */
    private static List<String> numbers(Path study) throws IOException {
        return new JsonMapper()
                .readTree(Files.readAllBytes(study.resolve("study.json")))
                .get("runs")
                .valueStream()
                .map(run -> "%s %s".formatted(run.get("measures"), run.get("pictures")))
                .toList();
    }

    private static List<String> names(Path out) throws IOException {
        try (Stream<Path> files = Files.walk(out)) {
            return files.map(file -> out.relativize(file).toString()).sorted().toList();
        }
    }

    private static Process start(Path words, Path... studies) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-Djava.awt.headless=true",
                                "-cp",
                                absolute(System.getProperty("java.class.path")),
                                StudyProgram.class.getName()));
        Stream.of(studies).map(Path::toString).forEach(command::add);
        return new ProcessBuilder(command)
                .redirectOutput(words.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The class path as a process in another folder sees it. */
    private static String absolute(String classPath) {
        String separator = System.getProperty("path.separator");
        return Stream.of(classPath.split(separator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(separator));
    }
}
