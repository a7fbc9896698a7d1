package org.svgen.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpperBoundTest {
    /** Of 19 ratios 1, 2 ... 19 the place 0.95 * 20 is the last. */
    @Test
    void theFactorIsTheRatioAtThePlaceThatTheLevelAsksFor() {
        double[] estimates = IntStream.range(0, 19).mapToDouble(i -> 0.5).toArray();
        double[] truths = IntStream.range(0, 19).mapToDouble(i -> 0.5 * (19 - i)).toArray();
        assertThat(UpperBound.calibrate(estimates, truths, 0.95).factor()).isEqualTo(19);
        UpperBound median = UpperBound.calibrate(estimates, truths, 0.5);
        assertThat(median.factor()).isEqualTo(10);
        assertThat(median.of(0.2)).isCloseTo(2, within(1e-12));
    }

    /** Each draw gives new examples and one more, whose truth the bound is to hold. */
    @Test
    void theBoundHoldsAsOftenAsItSays() {
        Random random = new Random(11);
        int exceeded = 0;
        for (int trial = 0; trial < 4000; trial++) {
            double[] estimates = random.doubles(40, 0.1, 2).toArray();
            double[] truths =
                    Arrays.stream(estimates)
                            .map(e -> e * Math.exp(random.nextGaussian()))
                            .toArray();
            UpperBound bound =
                    UpperBound.calibrate(
                            Arrays.copyOf(estimates, 39), Arrays.copyOf(truths, 39), 0.9);
            exceeded += truths[39] > bound.of(estimates[39]) ? 1 : 0;
        }
        assertThat(exceeded / 4000.0).isCloseTo(0.1, within(0.015));
    }

    @Test
    void fewExamplesDoNotCarryAHighLevel() {
        double[] ones = IntStream.range(0, 18).mapToDouble(i -> 1).toArray();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpperBound.calibrate(ones, ones, 0.95))
                .withMessage("level 0.95 of 18 examples");
    }

    @Test
    void anEstimateOfNothingBoundsNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> UpperBound.calibrate(new double[] {1, 0}, new double[] {1, 1}, 0.5))
                .withMessageContaining("example 1");
    }
}
