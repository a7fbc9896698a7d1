package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void noCommandIsWrongUsage() {
        Cli cli = Cli.runWithoutModel();
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("which command?").contains("try 'svgen --help'");
    }

    @Test
    void aMistypedCommandIsAnsweredWithTheNearest() {
        Cli cli = Cli.runWithoutModel("generat", "x");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines().getFirst())
                .startsWith("svgen: unknown command 'generat'; did you mean")
                .contains("generate");
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
