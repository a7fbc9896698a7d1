package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.models.Pipelines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code --attention-dtype} on a device that has no attention in 8 bits. */
class AttentionDtypeOptionTest {
    @TempDir Path folder;
    private Path model = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        model = TinyModel.copy("cogvideox-t2v-tiny", folder.resolve("tiny"));
    }

    private Cli run(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "a circle"));
        arguments.addAll(
                List.of(
                        "--model=" + model,
                        "--device=cpu",
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--steps=2"));
        arguments.addAll(List.of(more));
        return Cli.run(Pipelines::open, "", arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"generate, fp8, auto", "generate, FP8-all, f32", "plan, fp8, auto"})
    void eightBitsAreRefusedInOneLineBeforeAnythingIsMade(
            String command, String asked, String layers) {
        Cli cli = run(command, "--attention-dtype=" + asked, "--dtype=" + layers);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .startsWith(
                        "svgen: --attention-dtype %s: expected a device that attends in 8 bits, found cpu with layers in f32"
                                .formatted(asked.toLowerCase(Locale.ROOT)));
    }

    @Test
    void theRecipeSaysWhatWasTakenAndANoteWhereItIsNotWhatWasAskedFor() {
        Path video = folder.resolve("a.gif");
        Cli cli = run("generate", "--attention-dtype=bf16", "--json", "--output=" + video);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains("note: attention computes in f32 as the layers do, not in bf16");
        JsonNode printed = new ObjectMapper().readTree(cli.out());
        assertThat(printed.at("/recipe/attention_dtype").asString()).isEqualTo("f32");
        assertThat(printed.at("/report/receipt/eight_bits").asDouble()).isZero();
    }

    /** By a stand-in for a model on a device that has it. */
    @Test
    void whatIsToldBeforeAndAfterARunNamesThe8Bits() {
        Cli cli =
                Cli.run(
                        new FakePipeline(0, false),
                        "generate",
                        "x",
                        "--attention-dtype=fp8",
                        "--output=" + folder.resolve("a.gif"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains(" of the layers) in fp8")
                .contains(
                        "55.0 % of what was kept in 8 bits, whose rounding the error does not have");
    }

    @Test
    void aStudyThatAsksForThemIsRefusedAtItsBeginning() {
        Cli cli =
                Cli.run(
                        Pipelines::open,
                        "",
                        "study",
                        "--preset=eight-bits",
                        "--device=cpu",
                        "--output=" + folder.resolve("study"));
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.err()).contains("expected a device that attends in 8 bits");
    }
}
