package org.svgen.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir Path folder;

    @Test
    void isGoneWhenItIsClosed() throws IOException {
        try (Scratch scratch = Scratch.in(folder, "a")) {
            Files.createDirectories(scratch.path().resolve("b/c"));
            assertThat(scratch.path().getParent()).isEqualTo(folder.toRealPath());
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void letsOnlyTheUserIn() throws IOException {
        try (Scratch scratch = Scratch.in(folder, "a")) {
            assertThat(Files.getPosixFilePermissions(scratch.path()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void isGoneWhenTheJvmEndsInTheMidstOfTheWork() throws Exception {
        Process process = start("exit");
        assertThat(process.waitFor()).isEqualTo(7);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void ofALiveProcessStaysAndOfAKilledOneGoesWithTheNextRun() throws Exception {
        Process process = start("wait");
        try (BufferedReader out = process.inputReader()) {
            Path theirs = Path.of(out.readLine());
            try (Scratch own = Scratch.in(folder, "own")) {
                assertThat(theirs.resolve("half")).hasContent("half");
            }
            process.destroyForcibly().waitFor();
            assertThat(theirs.resolve("half")).hasContent("half");
            Scratch.in(folder, "own").close();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void ofThisJvmStaysHoweverManyOthersComeAndGo() throws Exception {
        try (Scratch first = Scratch.in(folder, "a")) {
            Files.writeString(first.path().resolve("half"), "half");
            for (int i = 0; i < 20; i++) {
                Scratch.in(folder, "a").close();
            }
            // Had this JVM opened the lock to look, the lock would be lost to another process now.
            assertThat(start("exit").waitFor()).isEqualTo(7);
            assertThat(first.path().resolve("half")).hasContent("half");
        }
    }

    @Test
    void whatAKillBetweenMovingTheOldAsideAndPlacingTheNewLeavesIsPutBack() throws IOException {
        Path killed = folder.resolve(".frames.0123456789abcdef.part");
        Files.createDirectories(killed.resolve("old1/frames"));
        Files.writeString(killed.resolve("old1/frames/frame_0000.png"), "old");
        Files.createDirectories(killed.resolve("new"));
        Files.createFile(killed.resolve(Scratch.LOCK));
        Scratch.in(folder, "other").close();
        assertThat(folder.resolve("frames/frame_0000.png")).hasContent("old");
        assertThat(names()).containsExactly("frames");
    }

    @Test
    void whatOnlyLooksLikeAScratchStays() throws IOException {
        Files.writeString(folder.resolve(".a.0123456789abcdef.part"), "a file");
        Files.createDirectories(folder.resolve(".b.0123456789abcdef.part/thesis"));
        Files.createDirectories(folder.resolve(".c.part"));
        Files.createDirectories(folder.resolve("d.0123456789abcdef.part"));
        List<String> before = names();
        Scratch.in(folder, "own").close();
        assertThat(names()).isEqualTo(before).hasSize(4);
        assertThat(folder.resolve(".b.0123456789abcdef.part/thesis")).isDirectory();
    }

    @Test
    void aLinkInALeftoverIsRemovedAndNotFollowed() throws IOException {
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("thesis"), "years of work");
        Path killed = Files.createDirectory(folder.resolve(".a.0123456789abcdef.part"));
        Files.createFile(killed.resolve(Scratch.LOCK));
        Files.createSymbolicLink(killed.resolve("new"), precious);
        Scratch.in(folder, "own").close();
        assertThat(names()).containsExactly("precious");
        assertThat(precious.resolve("thesis")).hasContent("years of work");
    }

    @Test
    void whatWasKilledWhileItWasMadeOrRemovedGoesToo() throws IOException {
        Files.createDirectory(folder.resolve(".a.0123456789abcdef.part"));
        Files.createDirectory(folder.resolve(".b.0123456789abcdef.part"));
        Files.createFile(folder.resolve(".b.0123456789abcdef.part").resolve(Scratch.LOCK));
        Scratch.in(folder, "own").close();
        assertThat(folder).isEmptyDirectory();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private Process start(String end) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        folder.toString(),
                        end)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Does not close what it made, and either ends or waits to be killed. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws Exception {
            Scratch scratch = Scratch.in(Path.of(args[0]), "theirs");
            Files.writeString(scratch.path().resolve("half"), "half");
            System.out.println(scratch.path());
            if (args[1].equals("exit")) {
                System.exit(7);
            }
            Thread.sleep(60_000);
        }
    }

    /** Each takes the others' for leftovers that it looks at before they are locked. */
    @Test
    void ofManyAtOnceEachStaysUntilItIsClosed() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Integer>> tasks = Collections.nCopies(4, this::openAndClose);
            int gone = 0;
            for (Future<Integer> task : threads.invokeAll(tasks)) {
                gone += task.get();
            }
            assertThat(gone).isZero();
        }
        assertThat(folder).isEmptyDirectory();
    }

    private int openAndClose() throws IOException {
        int gone = 0;
        for (int i = 0; i < 250; i++) {
            try (Scratch scratch = Scratch.in(folder, "many")) {
                Thread.yield();
                gone += Files.exists(scratch.path().resolve(Scratch.LOCK)) ? 0 : 1;
            }
        }
        return gone;
    }
}
