package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against trying each worth on each head. */
class TradeoffTest {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    static List<Integer> seeds() {
        return Geometries.seeds().boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void headsTakeTheChoiceOfLeastErrorAndCost(int seed) {
        RandomGenerator random = Geometries.random(seed);
        double[] costs = SlowBudget.costs(random, random.nextInt(1, 16));
        List<double[]> heads = new ArrayList<>();
        for (int h = random.nextInt(1, 30); h > 0; h--) {
            heads.add(SlowBudget.errors(random, costs, 0.2));
        }
        Tradeoff tradeoff = Tradeoff.of(heads, costs);
        assertThat(tradeoff.heads()).isEqualTo(heads.size());
        double lastCost = NEVER;
        double lastError = 0;
        for (double worth = 1e-7; worth < 1e4; worth *= 2.7) {
            double cost = 0;
            double error = 0;
            for (double[] head : heads) {
                int best = SlowBudget.best(head, costs, worth);
                cost += costs[best];
                error += head[best];
            }
            assertThat(tradeoff.cost(worth)).isCloseTo(cost, within(1e-9));
            assertThat(tradeoff.error(worth)).isCloseTo(error, within(1e-9));
            assertThat(tradeoff.cost(worth)).isLessThanOrEqualTo(lastCost + 1e-9);
            assertThat(tradeoff.error(worth)).isGreaterThanOrEqualTo(lastError);
            lastCost = tradeoff.cost(worth);
            lastError = tradeoff.error(worth);
        }
    }

    /** Errors and costs of few values, so that many sums are alike. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatTiesIsOneOfTheBest(int seed) {
        RandomGenerator random = Geometries.random(seed);
        double[] costs = random.ints(7, 1, 4).mapToDouble(i -> i / 4.0).toArray();
        List<double[]> heads = new ArrayList<>();
        for (int h = 0; h < 5; h++) {
            double[] head = random.ints(7, 0, 5).mapToDouble(i -> i == 4 ? NEVER : i).toArray();
            head[random.nextInt(7)] = 0;
            heads.add(head);
        }
        Tradeoff tradeoff = Tradeoff.of(heads, costs);
        for (double worth : new double[] {1e-9, 1, 2, 4, 8, 1e9}) {
            double least = 0;
            for (double[] head : heads) {
                int best = SlowBudget.best(head, costs, worth);
                least += head[best] + worth * costs[best];
            }
            double found = tradeoff.error(worth) + worth * tradeoff.cost(worth);
            assertThat(found).isCloseTo(least, within(1e-12 * (1 + worth)));
        }
    }

    @Test
    void aMoveThatIsWorthItsCostExactlyIsNotMade() {
        Tradeoff tradeoff = Tradeoff.of(List.of(new double[] {3, 1}), new double[] {0.5, 1});
        assertThat(tradeoff.cost(4)).isEqualTo(0.5);
        assertThat(tradeoff.cost(Math.nextDown(4.0))).isEqualTo(1);
        assertThat(tradeoff.error(Math.nextDown(4.0))).isEqualTo(1);
    }

    @Test
    void aChoiceThatWillNotDoIsNeverTaken() {
        double[] costs = {0.1, 0.2, 0.3, 1};
        Tradeoff tradeoff = Tradeoff.of(List.of(new double[] {NEVER, 5, NEVER, 0}), costs);
        assertThat(tradeoff.cost(1e30)).isEqualTo(0.2);
        assertThat(tradeoff.error(1e30)).isEqualTo(5);
        assertThat(tradeoff.cost(1e-30)).isEqualTo(1);
        assertThat(tradeoff.error(1e-30)).isZero();
        List<double[]> none = List.of(new double[] {NEVER, NEVER, NEVER, NEVER});
        assertThatThrownBy(() -> Tradeoff.of(none, costs))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whereNothingIsMissedTheLeastIsKept() {
        Tradeoff tradeoff = Tradeoff.of(List.of(new double[3], new double[3]), costs());
        assertThat(tradeoff.cost(1e-30)).isEqualTo(0.4);
        assertThat(Tradeoff.of(List.of(), costs()).cost(1)).isZero();
    }

    private static double[] costs() {
        return new double[] {0.7, 0.2, 1};
    }
}
