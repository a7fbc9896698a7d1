package org.svgen.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    /** Efron and Tibshirani 1993, table 14.1: test A of 26 children. */
    private static final double[] SPATIAL_TEST = {
        48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26,
        30, 41
    };

    /** Their plug-in variance is 171.5, the acceleration 0.061; BCa at 90 % is (115.8, 259.6). */
    @Test
    void itIsThatOfThePublishedExample() {
        int[] all = IntStream.range(0, SPATIAL_TEST.length).toArray();
        assertThat(variance(all)).isCloseTo(171.5, within(0.05));
        assertThat(Bootstrap.acceleration(all, BootstrapTest::variance))
                .isCloseTo(0.061, within(0.0005));
        Interval interval = Bootstrap.interval(all.length, BootstrapTest::variance, 0.90);
        assertThat(interval.low()).isCloseTo(115.8, within(4.0));
        assertThat(interval.high()).isCloseTo(259.6, within(8.0));
    }

    @Test
    void theSameDataGiveTheSameInterval() {
        assertThat(Bootstrap.interval(26, BootstrapTest::variance))
                .isEqualTo(Bootstrap.interval(26, BootstrapTest::variance));
    }

    /** Of skewed samples of 24. */
    @Test
    void itHoldsTheTrueMeanAboutAsOftenAsItSays() {
        Random random = new Random(7);
        int held = 0;
        for (int trial = 0; trial < 100; trial++) {
            double[] sample = random.doubles(24).map(u -> -Math.log1p(-u)).toArray();
            int[] clusters = IntStream.range(0, sample.length).toArray();
            Interval interval = Clustered.of(clusters, sample, sample).mean();
            held += interval.low() <= 1 && interval.high() >= 1 ? 1 : 0;
        }
        assertThat(held).isBetween(90, 99);
    }

    @Test
    void aSingleUnitAndEqualUnitsHaveNoWidth() {
        assertThat(Bootstrap.interval(1, drawn -> 5)).isEqualTo(new Interval(5, 5, 5));
        assertThat(Bootstrap.interval(9, drawn -> 5)).isEqualTo(new Interval(5, 5, 5));
    }

    private static double variance(int[] drawn) {
        double mean =
                Arrays.stream(drawn).mapToDouble(i -> SPATIAL_TEST[i]).average().orElseThrow();
        return Arrays.stream(drawn)
                .mapToDouble(i -> (SPATIAL_TEST[i] - mean) * (SPATIAL_TEST[i] - mean))
                .average()
                .orElseThrow();
    }
}
