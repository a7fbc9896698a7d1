package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void noCommandShowsTheHelpAndIsWrongUsage() {
        Cli cli = Cli.runWithoutModel();
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).isEqualTo(Cli.runWithoutModel("--help").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-10 degrees, snow", "-hot day", "--- x", "-Very cold"})
    void aPromptThatBeginsWithADashIsToldHowToBeOne(String prompt) {
        Cli cli = Cli.runWithoutModel("generate", prompt);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .contains("svgen generate [OPTIONS] -- \"" + prompt + "\"");
        assertThat(Cli.run(new FakePipeline(0, false), "plan", "--no-time", "--", prompt).code())
                .isZero();
    }

    @Test
    void aNameThatNoFileCanHaveIsWrongInput() {
        Cli cli = Cli.runWithoutModel("generate", "x", "--report", "a\0.json");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: --report: 'a\\u0000.json' cannot be the name of a file: Nul character not allowed");
        assertThat(Cli.runWithoutModel("generate", "x", "--output", "a\0.mp4").code()).isEqualTo(2);
    }

    @Test
    void aMistypedCommandIsAnsweredWithTheNearest() {
        Cli cli = Cli.runWithoutModel("generat", "x");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines().getFirst())
                .startsWith("svgen: unknown command 'generat'; did you mean")
                .contains("generate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    xyz           | unknown command 'xyz'; there are generate, plan, pull, models, info, compare, batch, study, serve, keys, doctor, bench (try 'svgen --help')
                    gen           | unknown command 'gen'; did you mean generate? (try 'svgen --help')
                    bench foo     | unknown bench 'foo'; there are
                    doctor x      | unexpected 'x': doctor takes options only (try 'svgen doctor --help')
                    compare a b c | unexpected 'c': compare takes A and B (try 'svgen compare --help')
                    compare a     | B is missing: the video to judge, in any of these forms (try 'svgen compare --help')
                    pull          | ORG/NAME[@REVISION] is missing: the model, and a branch, a tag or a commit of it (try
                    bench decode --synthetic-weights | --config is missing: cogvideox-1
                    bench decode  | --synthetic-weights and --config are missing (try
                    compare       | A is missing: the reference (try
                    bench matmul --rounds x | --rounds: expected a whole number, found 'x'
                    bench denoise --density x | --density: expected a number in (0, 1], found 'x'
                    info /no/x.mp4 | /no/x.mp4: there is no such file
                    info /        | /: expected a folder in diffusers' layout, found no model_index.json in it
                    info /no/x.gguf | /no/x.gguf: there is no such file
                    info no/hunyuan.ckpt | no/hunyuan.ckpt: there is no such file
                    models no/x.gguf | no/x.gguf: there is no such file
                    info https://huggingface.co/org/name/tree/main | https://huggingface.co/org/name/tree/main: expected ORG/NAME, which is org/name, found an address
                    info ''       | '': expected a folder, ORG/NAME on the hub, a file or one of [demo], found none of them
                    compare a b --contact-sheet x.jpg | --contact-sheet: expected a name that ends in .png, found x.jpg
                    """)
    void wrongUsageIsOneLineThatNamesWhatIsThere(String line, String message) {
        String[] args = line.replace("''", "@").split(" ");
        Cli cli =
                Cli.runWithoutModel(
                        Arrays.stream(args)
                                .map(arg -> arg.replace("@", ""))
                                .toArray(String[]::new));
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).singleElement().asString().startsWith("svgen: " + message);
    }

    @Test
    void helpIsACommandToo() {
        assertThat(Cli.runWithoutModel("help").out())
                .isEqualTo(Cli.runWithoutModel("--help").out())
                .isNotEmpty();
        assertThat(Cli.runWithoutModel("help", "plan").out())
                .isEqualTo(Cli.runWithoutModel("plan", "--help").out())
                .isNotEmpty();
    }

    @Test
    void versionAndHelpGoToStandardOutput() {
        assertThat(Cli.runWithoutModel("--version").out()).startsWith("svgen ");
        assertThat(Cli.runWithoutModel("--help").out()).contains("generate").contains("compare");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--model",
                "--prompt-file",
                "--negative-prompt",
                "--image",
                "--last-image",
                "--width",
                "--height",
                "--frames",
                "--fps",
                "--steps",
                "--guidance",
                "--[no-]dynamic-guidance",
                "--seed",
                "--attention",
                "--density",
                "--dense-steps",
                "--dense-layers",
                "--sampled-rows",
                "--device",
                "--dtype",
                "--latents",
                "--save-latents",
                "--save-frames",
                "--output",
                "--contact-sheet",
                "--report",
                "--quiet"
            })
    void generateHasTheOptionsThatOtherToolsCall(String option) {
        Cli cli = Cli.runWithoutModel("generate", "--help");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains(option);
    }
}
