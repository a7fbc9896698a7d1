package org.svgen.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a whole folder takes the place of an older one. */
class PublicationTest {
    private static final int TIMES = 300;

    @TempDir Path folder;

    @Test
    void thereIsAFolderAtAnyMoment() throws Exception {
        ExchangeTest.assumeDisk(folder);
        replace("first", Exchange::swap);
        try (ExecutorService watch = Executors.newSingleThreadExecutor()) {
            Future<Integer> missing = watch.submit(this::countMissing);
            for (int i = 0; i < TIMES; i++) {
                replace("text " + i, Exchange::swap);
            }
            Files.createFile(folder.resolve("end"));
            assertThat(missing.get()).isZero();
        }
        assertThat(target().resolve("a")).hasContent("text " + (TIMES - 1));
    }

    private int countMissing() {
        int missing = 0;
        while (Files.notExists(folder.resolve("end"))) {
            missing += Files.notExists(target()) ? 1 : 0;
        }
        return missing;
    }

    @Test
    void whereFoldersCannotBeExchangedTheOldOneIsMovedAside() throws IOException {
        replace("old", (whole, target) -> false);
        replace("new", (whole, target) -> false);
        assertThat(target().resolve("a")).hasContent("new");
        assertThat(names()).containsExactly("frames");
    }

    /** Of two programs, say, one of which may not call the system. */
    @Test
    void runsThatExchangeAndRunsThatMoveLeaveOneWholeFolder() throws Exception {
        List<Callable<Void>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String text = "of run " + i;
            Publication.Swap swap = i % 2 == 0 ? Exchange::swap : (whole, target) -> false;
            runs.add(() -> {
                for (int time = 0; time < TIMES / 4; time++) {
                    replace(text, swap);
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(runs.size())) {
            for (Future<Void> run : threads.invokeAll(runs)) {
                run.get();
            }
        }
        assertThat(names()).containsExactly("frames");
        assertThat(target().resolve("a")).content().startsWith("of run ");
        assertThat(target().resolve("b")).hasContent(Files.readString(target().resolve("a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"warn", "deny"})
    void withoutLeaveToCallTheSystemAFolderIsReplacedWithoutAWord(String access) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--illegal-native-access=" + access,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                target().toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor()).isZero();
        assertThat(target().resolve("a")).hasContent("new");
        assertThat(names()).containsExactly("frames");
    }

    /** Replaces a folder that it wrote. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            for (String text : List.of("old", "new")) {
                Staged.write(Path.of(args[0]), whole -> fill(whole, text));
            }
        }
    }

    private void replace(String text, Publication.Swap swap) throws IOException {
        try (Scratch scratch = Scratch.in(folder, "frames")) {
            Path whole = scratch.path().resolve("new");
            fill(whole, text);
            Publication.replaceFolder(scratch, whole, target(), swap);
        }
    }

    private static void fill(Path whole, String text) throws IOException {
        Files.createDirectory(whole);
        for (String name : List.of("a", "b")) {
            Files.writeString(whole.resolve(name), text);
        }
    }

    private Path target() {
        return folder.resolve("frames");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
