package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

class FlowSchedulersTest {
    private static final String UNIPC =
            """
            "_class_name": "UniPCMultistepScheduler", "prediction_type": "flow_prediction",
            "use_flow_sigmas": true, "flow_shift": 3.0\
            """;
    private static final String EULER =
            """
            "_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0\
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"prediction_type\": \"epsilon\"                    | expected \"flow_prediction\"",
                "\"use_flow_sigmas\": false                          | expected true",
                "\"final_sigmas_type\": \"sigma_min\"                | expected \"zero\"",
                "\"solver_order\": 4                                 | whole number from 1 to 3",
                "\"solver_type\": \"heun3\"                          | \"bh1\" or \"bh2\"",
                "\"solver_p\": {}                                    | expected null",
                "\"predict_x0\": false                               | expected true",
                "\"thresholding\": true                              | expected false",
                "\"rescale_betas_zero_snr\": true                    | expected false",
                "\"lower_order_final\": false                        | expected true",
                "\"use_beta_sigmas\": true                           | expected false",
                "\"use_exponential_sigmas\": true                    | expected false",
                "\"shift_terminal\": 1.5                             | a number from 0 to 0.999"
            })
    void whatUniPcCannotDoIsNamed(String entry, String expected) {
        String without = UNIPC.replaceAll(entry.replaceAll(":.*", "") + ": [^,]*,", "");
        assertThatThrownBy(() -> scheduler(without + ", " + entry))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("scheduler_config.json: " + entry.replaceAll(":.*", ""))
                .hasMessageContaining(expected)
                .hasMessageNotContaining("\n");
    }

    @Test
    void twoCurvesAtOnceAreRefused() {
        String both = ", \"use_karras_sigmas\": true, \"use_exponential_sigmas\": true";
        assertThatThrownBy(() -> scheduler(EULER + both))
                .hasMessage(
                        "scheduler_config.json: \"use_exponential_sigmas\": expected false beside"
                                + " \"use_karras_sigmas\", found true");
    }

    @Test
    void aShiftForOneRunReplacesTheFolders() {
        for (String config : new String[] {UNIPC, EULER}) {
            assertThat(scheduler(config).shift()).hasValue(3);
            assertThat(scheduler(config).shifted(7).shift()).hasValue(7);
            assertThat(scheduler(config).shifted(7).timesteps(12))
                    .isEqualTo(scheduler(config.replace("3.0", "7.0")).timesteps(12));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {UNIPC, EULER})
    void aShiftThatIsLeftToTheRunMustBeSaid(String config) {
        Scheduler scheduler = scheduler(config + ", \"use_dynamic_shifting\": true");
        assertThatThrownBy(() -> scheduler.timesteps(4))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("shift: expected a number")
                .hasMessageContaining("use_dynamic_shifting");
        assertThat(scheduler.shifts()).isTrue();
        assertThat(scheduler.shift()).isEmpty();
        assertThat(scheduler.shifted(3).timesteps(4))
                .hasSize(4)
                .isSortedAccordingTo((a, b) -> b > a ? 1 : -1);
    }

    /** Sample and output of a model that knows both ends: a line from the clean one to noise. */
    @Test
    void theCleanSampleLiesAtTheEndOfTheLine() {
        double clean = 0.25;
        double noise = -1.5;
        for (String config : new String[] {UNIPC, EULER}) {
            Scheduler scheduler = scheduler(config);
            double[] timesteps = scheduler.timesteps(6);
            for (int i = 0; i < 6; i++) {
                double share = timesteps[i] / 1000;
                CleanSample told = scheduler.cleanSample(6, i);
                double sample = (1 - share) * clean + share * noise;
                assertThat(told.ofSample() * sample + told.ofOutput() * (noise - clean))
                        .isEqualTo(clean, within(2e-3)); // UniPC's timesteps are cut
            }
        }
        CleanSample inverted = scheduler(EULER + ", \"invert_sigmas\": true").cleanSample(6, 0);
        assertThat(inverted).isEqualTo(new CleanSample(1, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1001})
    void stepCountsOutsideTrainingAreRefused(int steps) {
        for (String config : new String[] {UNIPC, EULER}) {
            assertThatThrownBy(() -> scheduler(config).timesteps(steps))
                    .hasMessage("steps: expected 1 to 1000, found " + steps);
        }
    }

    @Test
    void oneStepGoesTheWholeWay() {
        assertThat(scheduler(UNIPC).timesteps(1)).containsExactly(999);
        assertThat(scheduler(EULER).timesteps(1)).containsExactly(1000);
    }

    private static Scheduler scheduler(String entries) {
        byte[] json = ("{" + entries + "}").getBytes(StandardCharsets.UTF_8);
        return Schedulers.load(Config.parse(Path.of("scheduler_config.json"), json));
    }
}
