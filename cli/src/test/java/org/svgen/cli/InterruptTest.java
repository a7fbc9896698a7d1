package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptTest {
    private static final int STEP_MILLIS = 300;

    @TempDir Path folder;

    @Test
    void ctrlCStopsWithinOneStepAndLeavesNothing() throws Exception {
        interruptAt("denoise", "generate");
    }

    @Test
    void ctrlCBeforeThereIsAnythingToWaitForEndsAtOnce() throws Exception {
        interruptAt("opening", "plan");
    }

    private void interruptAt(String words, String command) throws Exception {
        Path err = folder.resolve("stderr");
        Path out = Files.createDirectory(folder.resolve("out"));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                command,
                                out.resolve("a.mp4").toString())
                        .redirectError(err.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        while (!Files.readString(err).contains(words)) {
            assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
            Thread.sleep(20);
        }
        long asked = System.nanoTime();
        new ProcessBuilder(List.of("kill", "-INT", Long.toString(process.pid()))).start().waitFor();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat((System.nanoTime() - asked) / 1e6).isLessThan(10 * STEP_MILLIS);
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Files.readString(err))
                .endsWith("svgen: stopped, nothing was written" + System.lineSeparator())
                .doesNotContain("error");
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).isEmpty();
        }
    }

    /** A command with a model whose run takes five minutes. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
            Interrupts interrupts = new Interrupts(err::println);
            interrupts.install();
            Environment environment =
                    new Environment(
                            new Console(System.out, err, false),
                            System.in,
                            (folder, backend, activation) -> open(err, args[0]),
                            interrupts,
                            Map.of());
            Main.finish(
                    environment,
                    Main.run(
                            environment, false, args[0], "x", "--steps=1000", "--output", args[1]));
        }

        /** Plans are made of a model that takes five minutes to open. */
        private static FakePipeline open(PrintStream err, String command) {
            if (command.equals("plan")) {
                err.println("opening");
                LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(5));
            }
            return new FakePipeline(STEP_MILLIS, false);
        }
    }
}
