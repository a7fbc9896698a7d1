package org.svgen.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.models.Families;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;

class BatchFileTest {
    @TempDir Path folder;

    private List<BatchTask> csv(String text) {
        return BatchFile.read(file("a.csv", text), false);
    }

    private List<BatchTask> jsonl(String text) {
        return BatchFile.read(file("a.jsonl", text), false);
    }

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> mistakes(BadInputException e) {
        return e instanceof WrongRowsException rows
                ? rows.lines()
                : List.of(Objects.requireNonNull(e.getMessage()));
    }

    @Test
    void aRowIsAVideoWithItsSettings() {
        List<BatchTask> tasks =
                csv(
                        "prompt,seed,dense_steps,cache\r\n\"a \"\"red\"\", circle\",7,0.1,easy\r\n\r\nb,,,\r\n");
        assertThat(tasks).hasSize(2);
        assertThat(tasks.getFirst().settings())
                .isEqualTo(
                        Map.of(
                                "prompt",
                                "a \"red\", circle",
                                "seed",
                                BigInteger.valueOf(7),
                                "denseSteps",
                                "0.1",
                                "cache",
                                "easy"));
        assertThat(tasks.getFirst().varied()).isEmpty();
        assertThat(tasks.getLast().settings()).isEqualTo(Map.of("prompt", "b"));
        assertThat(
                        jsonl("{\"prompt\":\"a\",\"num_frames\":9,\"cache\":null}")
                                .getFirst()
                                .settings())
                .isEqualTo(Map.of("prompt", "a", "frames", 9));
    }

    @Test
    void severalValuesMakeAVideoEach() {
        List<BatchTask> tasks = csv("prompt,seed,density\na,1-3,0.25|0.5\nb,-2--1,\n");
        assertThat(tasks)
                .extracting(BatchTask::variant)
                .containsExactly(
                        "seed 1, density 0.25",
                        "seed 1, density 0.5",
                        "seed 2, density 0.25",
                        "seed 2, density 0.5",
                        "seed 3, density 0.25",
                        "seed 3, density 0.5",
                        "seed 18446744073709551614",
                        "seed 18446744073709551615");
        assertThat(jsonl("{\"prompt\":[\"a|b\",\"c\"],\"seed\":[1,\"5-6\"]}"))
                .extracting(task -> task.prompt() + " " + task.settings().get("seed"))
                .containsExactly("a|b 1", "a|b 5", "a|b 6", "c 1", "c 5", "c 6");
    }

    @Test
    void tablesOfOtherProgramsAreRead() throws IOException {
        assertThat(csv("\uFEFFprompt;seed\na, b;3\n").getFirst().prompt()).isEqualTo("a, b");
        assertThat(csv("prompt\tseed\na, b\t3\n").getFirst().settings())
                .containsEntry("seed", BigInteger.valueOf(3));
        assertThat(csv("prompt,seed\n\"two\nlines\",3\n").getFirst().prompt())
                .isEqualTo("two\nlines");
        Path latin = folder.resolve("l.csv");
        Files.write(latin, "prompt\nfä\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> BatchFile.read(latin, false))
                .hasMessage(latin + ": expected text in UTF-8, found other bytes");
    }

    static Stream<Rule<?>> rules() {
        return Stream.concat(Rules.all().stream(), Families.settings().stream().map(Setting::rule))
                .filter(rule -> rule != Rules.DTYPE);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everySettingIsAColumn(Rule<?> rule) {
        boolean anyText = rule == Rules.PROMPT || rule == Rules.NEGATIVE_PROMPT;
        if (anyText) {
            assertThat(csv("prompt,negative_prompt\n~,~\n").getFirst().settings())
                    .containsEntry(rule.name(), "~");
        } else {
            assertThatThrownBy(() -> csv("prompt,%s\na,~\n".formatted(rule.key())))
                    .hasMessage(
                            "%s, line 2, column 3: %s: expected %s%s, found '~'",
                            folder.resolve("a.csv"),
                            rule.key(),
                            rule.expected(),
                            rule == Rules.SEED ? ", or a range such as 1-8" : "");
        }
    }

    @Test
    void allMistakesAreToldWithTheirPlaces() {
        Path file = folder.resolve("a.csv");
        assertThatThrownBy(() ->
                        csv(
                                """
                                prompt,seed,frames,densty,output
                                a,8-1,9,,../x
                                ,1,0,,
                                b,1,9,,,more
                                """))
                .isInstanceOfSatisfying(
                        WrongRowsException.class,
                        e ->
                                assertThat(e.lines())
                                        .containsExactly(
                                                file
                                                        + ", line 1, column 20: unknown column 'densty'; did you mean density?",
                                                file
                                                        + ", line 2, column 3: seed: expected a whole number from -2^63 to 2^64 - 1, or a range such as 1-8, found '8-1'",
                                                file
                                                        + ", line 2, column 10: output: expected the name of a video without a folder, found '../x'",
                                                file
                                                        + ", line 3, column 1: prompt: expected a text, found nothing",
                                                file
                                                        + ", line 3, column 4: frames: expected a whole number of at least 1, found '0'",
                                                file
                                                        + ", line 4, column 9: expected 5 values, as the first line has columns, found 6; a text with a comma needs quotes"))
                .hasMessage(file + ": 6 mistakes, so nothing was made");
    }

    @Test
    void mistakesInJsonHaveTheirPlacesToo() {
        Path file = folder.resolve("a.jsonl");
        assertThatThrownBy(() ->
                        jsonl(
                                """
                                {"prompt": "a", "steps": "x"}
                                ["a"]

                                {"prompt": "b", "density": {"a": 1}, "model": "demo"}
                                {"prompt": "c"
                                {"prompt": "d", "seed": [1, 1]}
                                """))
                .isInstanceOfSatisfying(
                        WrongRowsException.class,
                        e ->
                                assertThat(e.lines())
                                        .hasSize(6)
                                        .contains(
                                                file
                                                        + ", line 1, column 26: steps: expected a whole number of at least 1, found 'x'",
                                                file
                                                        + ", line 2, column 1: expected a JSON object on each line",
                                                file
                                                        + ", line 4, column 28: density: expected a value or a list, found an object",
                                                file
                                                        + ", line 4, column 38: model: a row has one only where a server makes the videos",
                                                file
                                                        + ", line 6, column 25: seed: expected each value once, found a list")
                                        .anyMatch(line ->
                                                line.startsWith(
                                                        file
                                                                + ", line 5, column 15: expected JSON: ")));
    }

    @Test
    void onlyTheFirstOfManyMistakesAreTold() {
        assertThatThrownBy(() -> csv("prompt,steps\n" + "a,0\n".repeat(50)))
                .isInstanceOfSatisfying(
                        WrongRowsException.class, e -> assertThat(e.lines()).hasSize(20))
                .hasMessageEndingWith("50 mistakes, so nothing was made; the first 20 are told");
    }

    @Test
    void whatIsNoBatchIsRefused() {
        Path text = file("a.txt", "prompt\na\n");
        assertThatThrownBy(() -> BatchFile.read(text, false))
                .hasMessage(text + ": expected a name that ends in .csv or .jsonl");
        assertThatThrownBy(() -> csv("prompt\n")).hasMessageEndingWith("expected rows, found none");
        assertThatThrownBy(() -> csv("prompt,image\na,none.png\n"))
                .hasMessageContaining("line 2, column 3: image: expected a picture's file");
        assertThatThrownBy(() -> csv("prompt,seed,seed\na,1,2\n"))
                .hasMessageContaining("column 'seed': expected once, found twice");
        assertThatThrownBy(() -> csv("prompt,frames,num_frames\na,9,9\n"))
                .hasMessageContaining("frames: expected once, found twice");
        assertThatThrownBy(() -> csv("prompt,seed,density\na,1-10000,0.1|0.2\n"))
                .hasMessageContaining("expected at most 10000 videos of a row, found more");
        assertThat(BatchFile.read(file("s.csv", "prompt,model,priority\na,demo,-3\n"), true))
                .first()
                .extracting(BatchTask::service)
                .isEqualTo(Map.of("model", "demo", "priority", -3L));
        assertThatThrownBy(() -> BatchFile.read(file("s.csv", "prompt,priority\na,11\n"), true))
                .hasMessageContaining("priority: expected a whole number from -10 to 10");
    }
}
