package org.svgen.cli;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manual pages and completion know what help knows. */
class ShellTest {
    private static final Pattern MACRO =
            Pattern.compile("\\.(TH|SH|PP|TP|nf|fi)( .*)?|(?!\\.|').*", Pattern.DOTALL);

    @TempDir Path folder;

    @Test
    void aManualPageForEachCommandNamesAllItsOptions() throws IOException {
        Path pages = folder.resolve("man/man1");
        assertThat(Cli.runWithoutModel("man", pages.toString()).code()).isZero();
        try (Stream<Path> files = Files.list(pages)) {
            Set<String> names = files.map(file -> file.getFileName().toString()).collect(toSet());
            assertThat(names)
                    .contains("svgen.1", "svgen-generate.1", "svgen-pull.1", "svgen-bench-decode.1")
                    .doesNotContain("svgen-man.1", "svgen-completion.1");
            for (String name : names) {
                String page = Files.readString(pages.resolve(name));
                for (String option : HelpText.options(words(name))) {
                    assertThat(page).as(name).contains("\\fB" + option.replace("-", "\\-"));
                }
                assertThat(page.lines()).as(name).allMatch(MACRO.asMatchPredicate());
                assertThat(page).contains(".SH NAME\nsvgen").contains(".SH \"EXIT STATUS\"");
            }
        }
    }

    @Test
    void whatCannotBeWrittenIsBadInput() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Cli cli = Cli.runWithoutModel("man", file.resolve("pages").toString());
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: DIR %s/pages: expected a folder, or a place where one can be made"
                                .formatted(file));
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        assertThat(completed("svgen", "gen")).containsExactly("generate");
        assertThat(completed("svgen", "generate", "--memory")).containsExactly("--memory-limit");
        assertThat(completed("svgen", "bench", "dec")).containsExactly("decode");
    }

    @Test
    void helpDoesNotListWhatIsMeantForShells() {
        assertThat(Cli.runWithoutModel("--help").out()).doesNotContain("completion");
        assertThat(Cli.runWithoutModel("nonsense").err()).doesNotContain("completion");
        assertThat(Cli.runWithoutModel("completion", "--help").out()).contains("bash|zsh");
    }

    @Test
    void anUnknownOptionIsOneOfANearNameOrAPromptThatBeginsWithADash() {
        assertThat(Cli.runWithoutModel("generate", "x", "--negativeprompt=y").errLines())
                .containsExactly(
                        "svgen: unknown option --negativeprompt=y; did you mean --negative-prompt?"
                                + " (try 'svgen generate --help')");
        assertThat(Cli.runWithoutModel("generate", "-a prompt").errLines())
                .containsExactly(
                        "svgen: unknown option -a prompt; a prompt that begins with a dash comes last,"
                                + " after --: svgen generate [OPTIONS] -- \"-a prompt\""
                                + " (try 'svgen generate --help')");
    }

    @Test
    void aShellThatIsNotKnownIsAnsweredWithThoseThatAre() {
        Cli cli = Cli.runWithoutModel("completion", "fish");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly("svgen: expected one of bash, zsh, found 'fish'");
    }

    /** {@code svgen-bench-decode.1} as the words {@code bench decode}. */
    private static String[] words(String page) {
        String command = page.replaceAll("^svgen-?|\\.1$", "");
        return command.isEmpty() ? new String[0] : command.split("-");
    }

    private List<String> completed(String... words) throws Exception {
        Path script = folder.resolve("svgen.bash");
        Files.writeString(script, Cli.runWithoutModel("completion", "bash").out());
        String quoted = Stream.of(words).map(word -> "'" + word + "'").collect(joining(" "));
        String test =
                "compopt() { :; }; . '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_svgen; printf '%%s\\n' \"${COMPREPLY[@]}\""
                        .formatted(script, quoted, words.length - 1);
        Process bash = new ProcessBuilder("bash", "-c", test).redirectErrorStream(true).start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(out).isZero();
        return out.lines().toList();
    }
}
