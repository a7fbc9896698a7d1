package org.svgen.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpearmanTest {
    /** Ten people's IQ and hours of television, the example of Wikipedia's article: -29/165. */
    @Test
    void itIsThatOfAPublishedExample() {
        double[] iq = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
        double[] hours = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
        assertThat(Spearman.of(iq, hours)).isCloseTo(-29.0 / 165, within(1e-12));
    }

    /** Ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 3, 4. */
    @Test
    void equalValuesShareTheMeanOfTheirRanks() {
        double expected = 3.75 / Math.sqrt(4.5 * 4.5);
        assertThat(Spearman.of(new double[] {1, 2, 2, 3}, new double[] {0, 0, 5, 7}))
                .isCloseTo(expected, within(1e-12));
    }

    @Test
    void anyRisingFunctionKeepsIt() {
        double[] x = {3, 1, 4, 1.5, 9, 2.6};
        double[] y = Arrays.stream(x).map(Math::exp).toArray();
        assertThat(Spearman.of(x, y)).isCloseTo(1, within(1e-12));
        y[4] = Double.POSITIVE_INFINITY;
        assertThat(Spearman.of(x, y)).isCloseTo(1, within(1e-12));
    }

    @Test
    void aConstantSeriesOrdersNothing() {
        assertThat(Spearman.of(new double[] {1, 1, 1}, new double[] {1, 2, 3})).isNaN();
        assertThat(Spearman.of(new double[] {1}, new double[] {2})).isNaN();
    }

    @Test
    void notANumberHasNoRank() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Spearman.of(new double[] {1, Double.NaN}, new double[] {1, 2}));
    }
}
