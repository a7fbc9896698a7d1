package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

class CogVideoXSchedulersTest {
    @TempDir Path folder;

    /** The expected values were computed with numpy, by the formulas of diffusers. */
    @ParameterizedTest
    @CsvSource({
        "trailing, 0, 7, 999 856 713 570 428 285 142",
        "leading, 1, 7, 853 711 569 427 285 143 1",
        "linspace, 0, 7, 999 832 666 500 333 166 0",
        "linspace, 0, 1, 0"
    })
    void timestepsFollowTheSpacing(String spacing, int offset, int steps, String expected) {
        String entries = "\"timestep_spacing\": \"%s\", \"steps_offset\": %d";
        assertThat(scheduler(entries.formatted(spacing, offset)).timesteps(steps))
                .containsExactly(
                        Stream.of(expected.split(" ")).mapToDouble(Double::valueOf).toArray());
    }

    /** Expected values from numpy, in the precision that torch uses for each schedule. */
    @ParameterizedTest
    @CsvSource({
        "linear,        0.0001,  0.02,  3, false, 0.99970001, 0.99934047, 0.02735075, 1.3453128e-5",
        "linear,        0.0001,  0.02,  3, true,  0.99969995, 0.99933922, 0.02634395, 0",
        "scaled_linear, 0.00085, 0.012, 1, true,  0.99915,    0.99823345, 0.24101878, 0"
    })
    void signalFallsAsTheReferenceComputesIt(
            String schedule,
            double first,
            double last,
            double shift,
            boolean rescale,
            double a0,
            double a1,
            double a500,
            double a999) {
        String entries =
                """
                "beta_schedule": "%s", "beta_start": %s, "beta_end": %s,
                "snr_shift_scale": %s, "rescale_betas_zero_snr": %s
                """;
        double[] alphas =
                NoiseLevels.alphas(
                        config("", entries.formatted(schedule, first, last, shift, rescale)));
        assertThat(alphas).hasSize(1000);
        assertThat(new double[] {alphas[0], alphas[1], alphas[500], alphas[999]})
                .containsExactly(new double[] {a0, a1, a500, a999}, within(2e-8));
    }

    @Test
    void trainedBetasReplaceTheFormula() {
        Config config = config("", "\"trained_betas\": [0.1, 0.2, 0.3], \"snr_shift_scale\": 1.0");
        assertThat(NoiseLevels.alphas(config))
                .containsExactly(new double[] {0.9, 0.72, 0.504}, within(1e-7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"beta_schedule\": \"cosine\"     | \"linear\" or \"scaled_linear\"",
                "\"timestep_spacing\": \"even\"    | one of [linspace, leading, trailing]",
                "\"prediction_type\": \"flow\"     | one of [epsilon, sample, v_prediction]",
                "\"trained_betas\": []             | expected 1 to 1000000 numbers"
            })
    void aValueThatIsNotKnownIsNamed(String entry, String expected) {
        assertThatThrownBy(() -> scheduler(entry))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("scheduler_config.json")
                .hasMessageContaining(expected);
    }

    @Test
    void anUnknownClassIsRefusedWithTheKnownOnes() {
        Config config = config("\"_class_name\": \"EulerDiscreteScheduler\",", "\"a\": 1");
        assertThatThrownBy(() -> Schedulers.load(config))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("EulerDiscreteScheduler")
                .hasMessageContaining("CogVideoXDDIMScheduler, CogVideoXDPMScheduler");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001})
    void stepCountsOutsideTrainingAreRefused(int steps) {
        assertThatThrownBy(() -> scheduler("\"steps_offset\": 0").timesteps(steps))
                .isInstanceOf(BadInputException.class)
                .hasMessage("steps: expected 1 to 1000, found " + steps);
    }

    @Test
    void anOffsetBeyondTrainingIsRefused() {
        Scheduler scheduler = scheduler("\"timestep_spacing\": \"leading\", \"steps_offset\": 1");
        assertThat(scheduler.timesteps(500)[0]).isEqualTo(999);
        assertThatThrownBy(() -> scheduler.timesteps(1000))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("begin at timestep 1000 of 1000");
    }

    private Scheduler scheduler(String entries) {
        return Schedulers.load(config("\"_class_name\": \"CogVideoXDDIMScheduler\",", entries));
    }

    private Config config(String before, String entries) {
        try {
            Path file = folder.resolve("scheduler_config.json");
            return Config.read(Files.writeString(file, "{" + before + entries + "}"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
