package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptTest {
    private static final int STEP_MILLIS = 300;

    @TempDir Path folder;

    @Test
    void ctrlCStopsWithinOneStepAndLeavesNothing() throws Exception {
        Path err = folder.resolve("stderr");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                folder.resolve("out").resolve("a.mp4").toString())
                        .redirectError(err.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Path out = Files.createDirectory(folder.resolve("out"));
        while (!Files.readString(err).contains("denoise")) {
            assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
            Thread.sleep(20);
        }
        long asked = System.nanoTime();
        new ProcessBuilder(List.of("kill", "-INT", Long.toString(process.pid()))).start().waitFor();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat((System.nanoTime() - asked) / 1e6).isLessThan(10 * STEP_MILLIS);
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Files.readString(err)).contains("svgen: stopped, nothing was written");
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).isEmpty();
        }
    }

    /** The command with a model whose run takes five minutes. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            Interrupts interrupts = new Interrupts();
            Runtime.getRuntime().addShutdownHook(interrupts.hook());
            PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
            Environment environment =
                    new Environment(
                            new Console(System.out, err, false),
                            System.in,
                            (folder, backend, activation) -> new FakePipeline(STEP_MILLIS, false),
                            interrupts,
                            Map.of());
            Main.finish(
                    environment,
                    Main.run(
                            environment,
                            false,
                            "generate",
                            "x",
                            "--steps=1000",
                            "--output",
                            args[0]));
        }
    }
}
