package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class DoctorCommandTest {
    private static final String LIBRARY = "svgen.cuda.library";

    @BeforeEach
    void haveNoDriver() {
        System.setProperty(LIBRARY, "libcuda-of-nobody.so.1");
    }

    @AfterEach
    void forgetTheLibrary() {
        System.clearProperty(LIBRARY);
    }

    @Test
    void tellsWhatWasFoundAndWhatIsUsed() {
        Cli cli = Cli.runWithoutModel("doctor");
        assertThat(cli.code()).isEqualTo(ExitCode.DONE);
        assertThat(cli.out())
                .contains("java ")
                .contains("memory ")
                .containsPattern("cpu +usable")
                .containsPattern("cuda +no NVIDIA driver found here")
                .containsOnlyOnce("no NVIDIA driver found here")
                .containsPattern("used +cpu, \\d+ threads")
                .containsPattern(
                        "attention +dense, svg, .*sta\\R +in 8 bits: no, it computes attention in full"
                                + " precision")
                .containsPattern("products +in 8 bits: yes")
                .containsPattern("ready +\\d+\\.\\d\\d s after the start");
    }

    @Test
    void tellsProgramsTheSame() {
        Cli cli = Cli.runWithoutModel("doctor", "--json");
        JsonNode found = new ObjectMapper().readTree(cli.out());
        assertThat(found.get("used_device").asString()).isEqualTo("cpu");
        assertThat(found.get("memory_bytes").asLong()).isPositive();
        assertThat(found.get("eight_bit_attention").isEmpty()).isTrue();
        assertThat(found.get("attention_kinds")).extracting(JsonNode::asString).contains("ear");
        assertThat(found.get("eight_bit_products").asBoolean()).isTrue();
        assertThat(found.get("eight_bits_missing").asString()).contains("full precision");
        JsonNode cuda = null;
        for (JsonNode kind : found.get("devices")) {
            cuda = kind.get("kind").asString().equals("cuda") ? kind : cuda;
        }
        assertThat(cuda).isNotNull();
        assertThat(cuda.get("unavailable").asString()).startsWith("no NVIDIA driver");
    }

    /** The CPU has one way for each operation, and nothing to tell. */
    @Test
    void aDeviceWithoutAChoiceOfKernelsAddsNothing() {
        Cli cli = Cli.runWithoutModel("doctor", "--verbose");
        assertThat(cli.code()).isEqualTo(ExitCode.DONE);
        assertThat(cli.out()).containsPattern("used +cpu").doesNotContain("kernels");
        JsonNode found = new ObjectMapper().readTree(Cli.runWithoutModel("doctor", "--json").out());
        assertThat(found.get("kernels").isEmpty()).isTrue();
    }

    @Test
    void aGpuThatIsAskedForButNotThereIsOneClearLine() {
        Cli cli =
                Cli.runWithoutModel(
                        "generate", "a circle", "--device", "cuda", "--output", "x.gif");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: --device cuda cannot be used: no NVIDIA driver found here (libcuda-of-nobody.so.1)");
    }
}
