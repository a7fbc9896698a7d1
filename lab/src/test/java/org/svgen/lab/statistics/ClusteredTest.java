package org.svgen.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusteredTest {
    private static final int[] CLUSTERS = {4, 4, 9, 9, 2, 2};
    private static final double[] X = {3, 5, 10, 12, 1, 2};
    private static final double[] Y = {1, 2, 6, 6, 1, 2};

    @Test
    void differenceAndRatioAreThoseOfAllPairs() {
        Clustered groups = Clustered.of(CLUSTERS, X, Y);
        assertThat(groups.meanDifference().estimate()).isCloseTo(2.5, within(1e-12));
        assertThat(groups.ratioOfMeans().estimate()).isCloseTo(33.0 / 18, within(1e-12));
        assertThat(groups.mean().estimate()).isCloseTo(5.5, within(1e-12));
    }

    /** A normal sample: mean and 1.96 standard errors. */
    @Test
    void theIntervalIsAboutThatOfTheNormalDistribution() {
        Random random = new Random(3);
        double[] x = random.doubles(200).map(u -> random.nextGaussian() * 2 + 10).toArray();
        Interval interval =
                Clustered.of(IntStream.range(0, 200).toArray(), x, new double[200])
                        .meanDifference();
        double halfWidth = 1.96 * 2 / Math.sqrt(200);
        assertThat((interval.high() - interval.low()) / 2).isCloseTo(halfWidth, within(0.05));
        assertThat(interval.low()).isLessThan(10);
        assertThat(interval.high()).isGreaterThan(10);
    }

    @Test
    void pairsOfOnePromptDoNotCountAsIfTheyWereIndependent() {
        double[] x = new double[48];
        double[] y = new double[48];
        int[] prompts = new int[48];
        Random random = new Random(5);
        for (int prompt = 0; prompt < 12; prompt++) {
            double difference = random.nextGaussian();
            for (int seed = 0; seed < 4; seed++) {
                x[prompt * 4 + seed] = difference;
                prompts[prompt * 4 + seed] = prompt;
            }
        }
        Interval byPrompt = Clustered.of(prompts, x, y).meanDifference();
        Interval byPair = Clustered.of(IntStream.range(0, 48).toArray(), x, y).meanDifference();
        assertThat(byPrompt.estimate()).isCloseTo(byPair.estimate(), within(1e-12));
        assertThat(byPrompt.high() - byPrompt.low())
                .isBetween(
                        1.7 * (byPair.high() - byPair.low()), 2.3 * (byPair.high() - byPair.low()));
    }

    @Test
    void whatIsSharedByBothSidesOfAPairDoesNotWidenTheInterval() {
        Random random = new Random(1);
        double[] y = random.doubles(20).map(u -> 20 + 20 * u).toArray();
        double[] x = IntStream.range(0, 20).mapToDouble(i -> y[i] + 1 + i % 2 * 0.1).toArray();
        Interval interval = Clustered.of(IntStream.range(0, 20).toArray(), x, y).meanDifference();
        assertThat(interval.low()).isGreaterThan(1.0);
        assertThat(interval.high()).isLessThan(1.1);
        assertThat(interval.excludesZero()).isTrue();
    }

    @Test
    void valuesThatCannotBeAveragedAreRefused() {
        double[] infinite = {1, 2, 3, 4, 5, Double.POSITIVE_INFINITY};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Clustered.of(CLUSTERS, infinite, Y))
                .withMessageContaining("pair 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Clustered.of(new int[0], new double[0], new double[0]));
    }
}
