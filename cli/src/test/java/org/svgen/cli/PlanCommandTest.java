package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.models.Pipelines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class PlanCommandTest {
    private static Cli run(String... args) {
        return Cli.run(Pipelines::open, "", args);
    }

    @Test
    void tellsMemoryOfEachStageWithoutMakingAVideo() {
        Cli cli = run("plan", "a circle", "--device", "cpu", "--no-time", "--json");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        JsonNode plan = new ObjectMapper().readTree(cli.out());
        assertThat(plan.get("tokens").get("video").asInt()).isPositive();
        assertThat(plan.get("peak_bytes").asLong()).isPositive();
        assertThat(plan.get("output_free_bytes").asLong()).isPositive();
        assertThat(plan.get("seconds").isNull()).isTrue();
        assertThat(plan.get("stages")).hasSize(3);
        for (JsonNode stage : plan.get("stages")) {
            assertThat(stage.get("weight_bytes").asLong()).isPositive();
            assertThat(stage.get("seconds").isNull()).isTrue();
            assertThat(stage.get("device_bytes").asLong())
                    .isEqualTo(stage.get("workspace_bytes").asLong());
        }
    }

    @Test
    void needsNoPlaceForTheVideoSinceNothingIsWritten() {
        Cli cli =
                run("plan", "x", "--device=cpu", "--no-time", "--output=/dev/null/none/video.mp4");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        assertThat(run("plan", "x", "--report=video.txt").err())
                .contains("--report: expected a name that ends in .json");
    }

    @Test
    void tellsPeopleTheSame() {
        Cli cli = run("plan", "a circle", "--device", "cpu", "--no-time", "--steps", "1");
        assertThat(cli.out())
                .contains("model      demo")
                .contains(", 1 step, ")
                .containsPattern("denoise +[0-9.]+ MB")
                .contains("weights used in their files")
                .containsPattern("(?m)^stage +weights +step +device$"); // and no column of times
    }

    @Test
    void saysThatTheNameOfAModelWithoutItsOptionIsThePrompt() {
        String note = "note: 'org/name' is the prompt here; --model org/name would name the model";
        assertThat(run("plan", "org/name", "--device=cpu", "--no-time").err()).contains(note);
        assertThat(run("plan", "a name", "--device=cpu", "--no-time").err())
                .doesNotContain("is the prompt here");
    }

    @Test
    void saysWhatIsAskedForAndNotUsed() {
        String[] common = {"plan", "x", "--device=cpu", "--no-time"};
        Cli cli =
                run(
                        Stream.concat(
                                        Arrays.stream(common),
                                        Stream.of(
                                                "--guidance=1",
                                                "--negative-prompt=dim",
                                                "--llama-rotary=f16",
                                                "--attention=dense",
                                                "--density=0.5",
                                                "--sampled-rows=3"))
                                .toArray(String[]::new));
        assertThat(cli.errLines())
                .containsExactly(
                        "note: the negative prompt is not used: guidance of at most 1 turns it off",
                        "note: llama rotary is not used: this model has no such setting",
                        "note: density is not used: this attention has no such setting",
                        "note: sampled rows is not used: this attention has no such setting");
        assertThat(run("plan", "x", "--device=cpu", "--no-time", "--negative-prompt=dim").err())
                .isEmpty();
    }

    @Test
    void saysWhatIsTakenWhereMoreIsAskedForThanThereIs() {
        String[] common = {
            "plan", "a circle", "--device=cpu", "--no-time", "--steps=4", "--frames=9"
        };
        assertThat(
                        run(with(
                                        common,
                                        "--dense-steps=5",
                                        "--dense-layers=9",
                                        "--sampled-rows=1201"))
                                .errLines())
                .containsExactly(
                        "note: --dense-steps 5: there are only 4 steps, all are taken",
                        "note: --dense-layers 9: there are only 8 layers, all are taken",
                        "note: --sampled-rows 1201: there are only 1200 tokens, all are taken");
        assertThat(
                        run(with(
                                        common,
                                        "--dense-steps=4",
                                        "--dense-layers=1.0",
                                        "--sampled-rows=1200"))
                                .errLines())
                .isEmpty();
    }

    private static String[] with(String[] first, String... others) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(others)).toArray(String[]::new);
    }

    /** Word for word: what the library calls {@code width} is an option here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --width=100   | svgen: --width 100: expected a multiple of 8; the nearest are 96 and 104
                    --frames=10   | svgen: --frames 10: this model makes 1 + a multiple of 8 frames; the nearest are 9 and 17
                    --steps=1001  | svgen: --steps: expected 1 to 1000, found 1001
                    --device=tpu  | svgen: --device: expected auto, cpu, cuda or cuda:N, found 'tpu'
                    --device=cpu:1 | svgen: --device cpu:1: expected cpu
                    --dense-steps=x | svgen: --dense-steps: expected a count such as 5 or a fraction such as 0.2, found 'x'
                    """)
    void errorsNameTheOption(String option, String line) {
        String[] device =
                option.startsWith("--device") ? new String[0] : new String[] {"--device=cpu"};
        Cli cli = run(with(new String[] {"plan", "a circle", option}, device));
        assertThat(cli.errLines()).containsExactly(line);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void aSmallerVideoIsNamedWhereTheMemoryIsTooLittle() {
        for (String command : new String[] {"plan", "generate"}) {
            Cli cli =
                    run(
                            command,
                            "a circle",
                            "--device",
                            "cpu",
                            "--memory-limit",
                            "90M",
                            "--output",
                            "never.gif");
            assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(cli.errLines()).hasSize(1);
            assertThat(cli.err())
                    .contains(
                            "need at least", "--memory-limit allows 90.0 MB", "what would fit: --");
        }
    }

    @Test
    void refusesALimitThatIsNoNumberOfBytes() {
        Cli cli = Cli.runWithoutModel("plan", "a circle", "--memory-limit", "24Q");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.err())
                .contains(
                        "--memory-limit: expected a number of bytes such as 24G or 800M, found '24Q'");
    }

    @Test
    void asksForTheUnitOfASmallNumberOfBytes() {
        Cli cli = Cli.runWithoutModel("plan", "a circle", "--memory-limit", "12");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.err())
                .contains(
                        "--memory-limit: expected a number of bytes such as 24G or 800M, found '12', which is 12 bytes: add a unit, 12G or 12M");
    }

    @Test
    void tellsALimitInBytesThatIsLessThanATenthOfAMegabyte() {
        Cli cli =
                run(
                        "plan",
                        "a circle",
                        "--device=cpu",
                        "--memory-limit=1.5k",
                        "--output=never.gif");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.err()).contains("--memory-limit allows 1500 bytes");
    }
}
