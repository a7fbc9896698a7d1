package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import picocli.CommandLine.Model.CommandSpec;

class FailureTest {
    @TempDir Path folder;

    static Stream<Throwable> throwables() {
        return Stream.of(
                new StackOverflowError(),
                new InternalError("a fault occurred in an unsafe memory access operation"),
                new OutOfMemoryError("Java heap space"),
                new ExceptionInInitializerError(new IllegalStateException("\u001b[31m")),
                new NoClassDefFoundError("x"),
                new AssertionError("a\nb"),
                new IllegalStateException(),
                new SvgenException("a\nsvgen: done"),
                new Throwable("bare"));
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void whateverIsThrownIsOneLineAndExitCodeOne(Throwable thrown) {
        Cli cli =
                Cli.run(
                        (folder, backend, activation) -> {
                            throw FailureTest.<RuntimeException>sneaky(thrown);
                        },
                        "",
                        "generate",
                        "x");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: ")
                .endsWith("(SVGEN_DEBUG=1 shows where)")
                .doesNotContain("\u001b");
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable e) throws T {
        throw (T) e;
    }

    @Test
    void aFileThatIsCutWhileItIsReadIsNamedAsTheCause() {
        assertThat(
                        Failure.of(
                                new InternalError(
                                        "a fault occurred in an unsafe memory access operation"),
                                CommandSpec.create()))
                .isEqualTo(
                        new Failure(1, "a file that was in use was cut short, or its disk failed"));
    }

    @Test
    void wrongInputIsNeverObscure() {
        assertThat(Failure.of(new BadInputException("x"), CommandSpec.create()).isObscure())
                .isFalse();
    }

    @Test
    void withoutTheVectorModuleTheOptionThatBringsItIsNamed() throws Exception {
        Process process =
                java(
                        List.of(
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dsvgen.home=" + Path.of("").toAbsolutePath().getParent()),
                        "org.svgen.cli.Main",
                        "plan",
                        "x");
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("svgen: --device auto cannot be used: ")
                .contains("without --add-modules=jdk.incubator.vector")
                .satisfies(err -> assertThat(err.lines()).hasSize(1));
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    void anErrorInAThreadThatNobodyWaitsForEndsAllWithOneLine() throws Exception {
        Process process =
                java(
                        List.of("--add-modules=jdk.incubator.vector"),
                        LostThread.class.getName(),
                        "generate",
                        "x");
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(err.lines().filter(line -> !line.startsWith("WARNING: Using incubator")))
                .singleElement()
                .asString()
                .startsWith("svgen: internal error: StackOverflowError");
    }

    private Process java(List<String> options, String main, String... args) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).directory(folder.toFile()).start();
    }

    /** A thread dies; the command alone would wait for ever. */
    static final class LostThread {
        private LostThread() {}

        public static void main(String[] args) throws InterruptedException {
            Console console = Console.ofProcess();
            Environment environment =
                    new Environment(
                            console,
                            System.in,
                            (folder, backend, activation) -> new FakePipeline(0, false),
                            new Interrupts(console::say),
                            Map.of());
            Main.prepare(environment, false);
            Thread.ofPlatform()
                    .start(() -> {
                        throw new StackOverflowError();
                    });
            Thread.sleep(TimeUnit.MINUTES.toMillis(5));
        }
    }
}
