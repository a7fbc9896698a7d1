package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.models.Pipelines;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What a user sees of skipped steps. */
class CacheOptionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private Cli run(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "a circle"));
        arguments.addAll(
                List.of(
                        "--model=" + Goldens.folder("cogvideox-t2v-tiny"),
                        "--device=cpu",
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--steps=8",
                        "--attention=dense",
                        "--output=" + folder.resolve("a.gif")));
        arguments.addAll(List.of(more));
        return Cli.run(Pipelines::open, "", arguments.toArray(String[]::new));
    }

    @Test
    void aRunTellsBeforehandAndAfterwardsHowManyStepsAreReused() {
        Cli cli = run("generate", "--cache=even", "--cache-threshold=0.5", "--json");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        assertThat(cli.errLines())
                .contains("cache: skips 4 of 8 steps")
                .anyMatch(line -> line.matches("denoise .*, 4 of 8 steps reused"))
                .anyMatch(line -> line.matches("done in .*, 4 of 8 steps reused, .*"));
        JsonNode printed = JSON.readTree(cli.out());
        assertThat(printed.at("/report/reused_steps").asInt()).isEqualTo(4);
        assertThat(printed.at("/recipe/cache").asString()).isEqualTo("even");
        assertThat(printed.at("/recipe/cache_threshold").asDouble()).isEqualTo(0.5);
        Stream<JsonNode> steps =
                printed.at("/report/steps").valueStream().filter(s -> s.at("/reused").asBoolean());
        assertThat(steps).hasSize(4);
    }

    @Test
    void aloneItMeansEasyAndAPlanGivesABound() {
        Cli cli = run("plan", "--cache");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        assertThat(cli.out())
                .contains("cache      may skip up to 5 of 8 steps")
                .containsPattern("time +at most about .*, less for every skipped step");
        JsonNode planned = JSON.readTree(run("plan", "--cache", "--json", "--no-time").out());
        assertThat(planned.at("/skipped_steps/least").asInt()).isZero();
        assertThat(planned.at("/skipped_steps/most").asInt()).isEqualTo(5);
    }

    @Test
    void whatIsOfNoUseWithoutACacheIsSaid() {
        Cli cli = run("plan", "--cache-in-a-row=2", "--no-time");
        assertThat(cli.code()).isEqualTo(ExitCode.DONE);
        assertThat(cli.errLines()).contains("note: cache in a row is not used without a cache");
        assertThat(cli.out()).doesNotContain("skip");
    }

    @ParameterizedTest
    @CsvSource({
        "--cache=tea, '--cache: expected a cache that this model has (tea has coefficients for'",
        "--cache=hard, '--cache: expected one of none, easy, even, tea, fbc, found'",
    })
    void aCacheThatIsNotThereIsRefusedInOneLine(String option, String start) {
        Cli cli = run("generate", option);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines()).singleElement().asString().startsWith("svgen: " + start);
    }

    @ParameterizedTest
    @CsvSource({
        "easy, 3, '(0, 1]'",
        "fbc, 11, '(0, 10]'",
        "even, 0.95, 'from 0 to 0.9'",
    })
    void aThresholdOfAnotherKindIsRefusedInOneLine(String kind, String threshold, String range) {
        Cli cli = run("generate", "--cache=" + kind, "--cache-threshold=" + threshold);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: --cache-threshold: expected a number ")
                .contains(range);
    }
}
