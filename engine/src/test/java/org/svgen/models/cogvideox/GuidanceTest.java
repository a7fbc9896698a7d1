package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuidanceTest {
    /** Values of the same expression in Python. */
    @ParameterizedTest
    @CsvSource({
        "4, 999, 6, 4.755880591967707",
        "4, 749, 6, 1.9379524472878416",
        "4, 499, 6, 1.092153726377909",
        "50, 999, 6, 2.291487174551452",
        "50, 19, 6, 1.123397939968981",
        "30, 500, 4.5, 4.033196423276166"
    })
    void dynamicGuidanceIsThatOfThePythonPipelines(
            int steps, double timestep, double guidance, double expected) {
        assertThat(Guidance.scale(guidance, true, timestep, steps))
                .isCloseTo(expected, within(1e-6));
        assertThat(Guidance.scale(guidance, false, timestep, steps)).isEqualTo(guidance);
    }
}
