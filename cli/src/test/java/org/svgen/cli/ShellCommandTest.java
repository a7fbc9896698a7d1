package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellCommandTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "kept",
                "my run",
                "",
                "~",
                "~/a",
                "a~",
                "*",
                "a=b",
                "it's",
                "a \"b\"",
                "$HOME",
                "a`b`",
                "a\\b",
                "wow!",
                "#x",
                "a\nb",
                "-x",
                "--model",
                "Größe/视频",
                "a;b",
                "a&b",
                "(a)",
                "{a,b}",
                "[a]",
                "a|b",
                "<a>",
                "'"
            })
    void aShellReadsBackEveryWord(String word) throws IOException {
        List<String> read =
                words(new ShellCommand("study").option("--output", word).file(word).toString());
        boolean dash = word.startsWith("-");
        assertThat(String.join("\n", read))
                .isEqualTo(
                        "study\n--output"
                                + (dash ? "=" : "\n")
                                + word
                                + "\n"
                                + (dash ? "./" : "")
                                + word);
    }

    @Test
    void wordsHaveQuotesOnlyWhereTheyNeedThem() {
        assertThat(new ShellCommand("generate").option("--resume", "/tmp/a-b_1.kept"))
                .hasToString("svgen generate --resume /tmp/a-b_1.kept");
        assertThat(new ShellCommand("generate").option("--resume", "/tmp/my run's"))
                .hasToString("svgen generate --resume \"/tmp/my run's\"");
        assertThat(new ShellCommand("generate").option("--resume", "$my run's"))
                .hasToString("svgen generate --resume '$my run'\\''s'");
    }

    @Test
    void anOptionThatWasNotGivenIsLeftOut() {
        assertThat(new ShellCommand("study").option("--model", null).option("--device", "cpu"))
                .hasToString("svgen study --device cpu");
    }

    /** What a shell hands to svgen; told in UTF-8, whatever the locale. */
    private static List<String> words(String command) throws IOException {
        String script = command.replaceFirst("^svgen", "printf '%s\\\\0'");
        Process shell = new ProcessBuilder("/bin/sh").start();
        try (OutputStream in = shell.getOutputStream()) {
            in.write(script.getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return List.of(out.substring(0, out.length() - 1).split("\0", -1));
    }
}
