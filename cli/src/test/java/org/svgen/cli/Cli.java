package org.svgen.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs the command as a shell would see it. */
record Cli(int code, String out, String err) {
    /** No models but those that come along. */
    private static final Map<String, String> NO_CACHE =
            Map.of("HF_HUB_CACHE", "/nonexistent", "HF_ENDPOINT", "http://localhost:1");

    static Cli run(ModelOpener opener, String stdin, String... args) {
        return run(NO_CACHE, opener, stdin, args);
    }

    static Cli run(
            Map<String, String> variables, ModelOpener opener, String stdin, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false);
        Environment environment =
                new Environment(
                        console,
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                        opener,
                        new Interrupts(console::say),
                        variables);
        int code = Main.run(environment, false, args);
        return new Cli(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static Cli run(FakePipeline pipeline, String... args) {
        return run((folder, backend, activation) -> pipeline, "", args);
    }

    /** For calls that must end before a model is opened. */
    static Cli runWithoutModel(String... args) {
        return run(
                (folder, backend, activation) -> {
                    throw new AssertionError("the model was opened");
                },
                "",
                args);
    }

    List<String> errLines() {
        return err.lines().toList();
    }
}
