package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnrScheduleTest {
    private static final int STEPS = 50;

    /** Of flow matching: {@code ((1 - s) / s)^2}, with evenly falling shares that are shifted. */
    private static double[] logSnr(double shift) {
        double[] ratios = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            double even = 1 - (double) step / STEPS;
            double share = shift * even / (1 + (shift - 1) * even);
            ratios[step] = 2 * Math.log((1 - share) / share);
        }
        return ratios;
    }

    private static double[] spread(double density, double shift, int first) {
        double[] densities = new double[STEPS];
        Arrays.fill(densities, density);
        SnrSchedule.spread(densities, logSnr(shift), first);
        return densities;
    }

    @ParameterizedTest
    @CsvSource({"7, 5, 26", "5, 10, 25"})
    void thePivotIsTheStepBehindTheLeastChange(double shift, int first, int pivot) {
        assertThat(SnrSchedule.pivot(logSnr(shift), first)).isEqualTo(pivot);
    }

    /** HunyuanVideo, computed by hand from the paper's formulas, of which the sigmoid is shared. */
    @ParameterizedTest
    @CsvSource({"5, 0.98", "10, 0.923", "20, 0.697", "26, 0.5", "40, 0.097", "49, 0"})
    void theSigmoidIsThePapers(int step, double expected) {
        double[] densities = spread(0.3, 7, 5);
        double least = densities[26] / 1.5;
        assertThat(densities[step] / least - 1).isCloseTo(expected, within(0.003));
    }

    @ParameterizedTest
    @CsvSource({"0.05, 7, 5", "0.3, 7, 5", "0.5, 5, 10", "0.7, 3, 1", "0.3, 1, 12"})
    void densitiesFallAndKeepTheirMean(double density, double shift, int first) {
        double[] densities = spread(density, shift, first);
        for (int step = 0; step < first; step++) {
            assertThat(densities[step]).isEqualTo(density);
        }
        double mean = 0;
        for (int step = first; step < STEPS; step++) {
            mean += densities[step] / (STEPS - first);
            assertThat(densities[step]).isBetween(0.0, 1.0);
            if (step > first) {
                assertThat(densities[step]).isLessThan(densities[step - 1]);
            }
        }
        assertThat(mean).isCloseTo(density, within(1e-9));
        assertThat(densities[first] / densities[STEPS - 1]).isBetween(1.5, 2.0);
    }

    /** HunyuanVideo: from p_min 0.7, which is 0.85 in the middle. */
    @ParameterizedTest
    @CsvSource({
        "4, 0.85",
        "5, 0.994",
        "10, 0.977",
        "20, 0.909",
        "26, 0.85",
        "40, 0.729",
        "49, 0.7"
    })
    void massFallsAsThePaperSays(int step, double expected) {
        double[] shares = new double[STEPS];
        Arrays.fill(shares, 0.85);
        SnrSchedule.fall(shares, logSnr(7), 5);
        assertThat(shares[step]).isCloseTo(expected, within(0.001));
    }

    @Test
    void noneIsDenserThanDenseAndTheOthersGetWhatThoseCannotTake() {
        for (double density : new double[] {0.75, 0.95, 1}) {
            double[] densities = spread(density, 7, 5);
            assertThat(Arrays.stream(densities).max().orElseThrow()).isLessThanOrEqualTo(1);
            assertThat(Arrays.stream(densities).skip(5).average().orElseThrow())
                    .isCloseTo(density, within(1e-9));
        }
    }

    /** The first step is noise alone, from which no ratio differs by a number. */
    @Test
    void aRunWithoutWarmUpAndShortOnesStayEven() {
        assertThat(spread(0.3, 7, 0)).containsOnly(0.3);
        assertThat(spread(0.3, 7, STEPS - 2)).containsOnly(0.3);
    }
}
