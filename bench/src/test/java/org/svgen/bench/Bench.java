package org.svgen.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;
import picocli.CommandLine;

/** Runs {@code svgen bench} as the command line does, with a small model for the demo. */
final class Bench {
    private static final String DEMO = "hunyuanvideo-tiny";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> notes = new ArrayList<>();

    /**
     * Runs one command, and tells its exit code.
     *
     * @param words separated by spaces
     * @param more words behind them, which may hold spaces
     */
    int run(String words, Object... more) {
        bytes.reset();
        return command()
                .setExecutionExceptionHandler((e, command, result) -> {
                    out().println(e.getMessage());
                    return e instanceof BadInputException ? 2 : 1;
                })
                .execute(
                        Stream.concat(
                                        Arrays.stream(words.split(" ")),
                                        Arrays.stream(more).map(Object::toString))
                                .toArray(String[]::new));
    }

    CommandLine command() {
        return BenchCommand.commandLine(
                out(), notes::add, value -> "json " + value, () -> Goldens.folder(DEMO));
    }

    /** What the last command printed. */
    String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    List<String> notes() {
        return notes;
    }

    /** The config of a part of a golden model, {@code transformer} or {@code vae}. */
    static Path config(String model, String part) {
        return Goldens.folder(model).resolve(part).resolve("config.json");
    }

    private PrintStream out() {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
