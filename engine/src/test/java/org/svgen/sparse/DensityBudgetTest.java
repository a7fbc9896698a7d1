package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose heads miss the same in every step, against trying all there is to try. */
class DensityBudgetTest {
    private static final double NO_LIMIT = Double.POSITIVE_INFINITY;
    private static final int STEPS = 20;
    private static final int DENSE = 4;
    private final RandomGenerator random = Geometries.random(7);

    private static double[] same(int steps, double density) {
        double[] densities = new double[steps];
        Arrays.fill(densities, density);
        return densities;
    }

    /** Branches and steps weigh differently: the last step as much as the first ones together. */
    private static Course course(int from, int to) {
        double[][] weights = new double[STEPS][];
        for (int step = 0; step < STEPS; step++) {
            double share = Math.exp(step / 4.0);
            weights[step] = new double[] {share * 4, share * 9};
        }
        return new Course(from, to, new double[STEPS], weights);
    }

    private SlowBudget slow(double density, boolean moves, double maxError) {
        double[] costs = SlowBudget.costs(random, 12);
        return new SlowBudget(
                costs,
                SlowBudget.heads(random, costs, 2, 60),
                same(STEPS, density),
                moves,
                maxError);
    }

    @ParameterizedTest
    @CsvSource({"0.15, true", "0.3, true", "0.6, true", "0.15, false", "0.3, false"})
    void aRunKeepsWhatWasAskedFor(double density, boolean moves) {
        SlowBudget slow = slow(density, moves, NO_LIMIT);
        slow.run(course(0, STEPS), DENSE);
        assertThat(slow.mean(DENSE, STEPS)).isCloseTo(density, within(0.01 * density));
    }

    @Test
    void stepsAndBranchesThatWeighMoreKeepMore() {
        SlowBudget slow = slow(0.3, true, NO_LIMIT);
        slow.run(course(0, STEPS), DENSE);
        for (int step = DENSE; step < STEPS; step++) {
            if (step > DENSE) {
                assertThat(slow.spent[step]).isGreaterThan(slow.spent[step - 1] - 0.01);
            }
            assertThat(slow.spent[step]).isPositive();
        }
        assertThat(slow.spent[STEPS - 1]).isGreaterThan(1.5 * slow.spent[DENSE]);
        SlowBudget alike =
                new SlowBudget(
                        slow.costs,
                        List.of(slow.errors.getFirst(), slow.errors.getFirst()),
                        same(STEPS, 0.3),
                        true,
                        NO_LIMIT);
        alike.run(course(0, STEPS), DENSE);
        for (int step = DENSE; step < STEPS; step++) {
            assertThat(alike.spentByBranch[step][1]).isGreaterThan(alike.spentByBranch[step][0]);
        }
    }

    @Test
    void withoutMovesEachStepKeepsItsOwn() {
        double[] densities = new double[STEPS];
        Arrays.setAll(densities, step -> 0.4 - 0.01 * step);
        double[] costs = SlowBudget.costs(random, 12);
        List<List<double[]>> heads = SlowBudget.heads(random, costs, 2, 60);
        SlowBudget slow = new SlowBudget(costs, heads, densities, false, NO_LIMIT);
        slow.run(course(0, STEPS), DENSE);
        for (int step = DENSE; step < STEPS; step++) {
            assertThat(slow.spent[step]).isCloseTo(densities[step], within(0.01));
        }
    }

    /** Two sparse steps of three heads: all that could be chosen is tried. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void noChoiceOfAllHeadsMissesLessForThatDensity(int seed) {
        RandomGenerator seeded = Geometries.random(seed);
        double[] costs = SlowBudget.costs(seeded, 3);
        List<List<double[]>> heads = SlowBudget.heads(seeded, costs, 1, 3);
        double[][] weights = {{1}, {seeded.nextDouble(0.2, 5)}, {1}};
        Course course = new Course(0, 3, new double[3], weights);
        SlowBudget slow = new SlowBudget(costs, heads, same(3, 0.5), true, NO_LIMIT);
        slow.run(course, 1);
        double worth = slow.multipliers.getFirst().orElseThrow();
        double planned = cost(slow, course, worth);
        assertThat(planned).isLessThanOrEqualTo(2 * 3 * 0.5);
        assertThat(cost(slow, course, worth * (1 - 3e-5))).isGreaterThan(2 * 3 * 0.5);
        double kept = 3 * (slow.spent[1] + slow.spent[2]);
        assertThat(kept).isLessThanOrEqualTo(2 * 3 * 0.5 + 1e-12);
        assertThat(slow.missed())
                .isLessThanOrEqualTo(least(slow, course, planned) + 1e-12)
                .isGreaterThanOrEqualTo(least(slow, course, 2 * 3 * 0.5) - 1e-12);
    }

    private static double cost(SlowBudget slow, Course course, double worth) {
        double cost = 0;
        for (int step = 1; step < 3; step++) {
            for (double[] head : slow.errors.getFirst()) {
                double each = worth / course.weights()[step][0];
                cost += slow.costs[SlowBudget.best(head, slow.costs, each)];
            }
        }
        return cost;
    }

    private static double least(SlowBudget slow, Course course, double most) {
        int choices = slow.costs.length;
        double least = Double.POSITIVE_INFINITY;
        for (int all = 0; all < Math.pow(choices, 6); all++) {
            int left = all;
            double cost = 0;
            double error = 0;
            for (int call = 0; call < 6; call++) {
                double[] head = slow.errors.getFirst().get(call % 3);
                cost += slow.costs[left % choices];
                error += course.weights()[1 + call / 3][0] * head[left % choices];
                left /= choices;
            }
            least = cost <= most + 1e-12 ? Math.min(least, error) : least;
        }
        return least;
    }

    /** What the receipt of a run would be. */
    private static double receipt(SlowBudget slow, Course course) {
        double weights = course.weightBefore(STEPS) * slow.heads() / 2;
        return Math.sqrt(slow.missed() / weights);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLimitOfTheErrorHoldsWhateverDensityItTakes(boolean moves) {
        Course course = course(0, STEPS);
        SlowBudget free = slow(0.2, moves, NO_LIMIT);
        free.run(course, DENSE);
        double unlimited = receipt(free, course);
        double kept = free.mean(DENSE, STEPS);
        for (double factor : new double[] {0.9, 0.5, 0.1, 1e-3}) {
            SlowBudget limited =
                    new SlowBudget(
                            free.costs, free.errors, same(STEPS, 0.2), moves, factor * unlimited);
            limited.run(course, DENSE);
            assertThat(receipt(limited, course)).isLessThanOrEqualTo(factor * unlimited);
            assertThat(limited.mean(DENSE, STEPS)).isGreaterThan(kept);
            kept = limited.mean(DENSE, STEPS);
        }
        SlowBudget none =
                new SlowBudget(free.costs, free.errors, same(STEPS, 0.2), moves, 1e-9 * unlimited);
        none.run(course, DENSE);
        assertThat(none.mean(DENSE, STEPS)).isEqualTo(1);
        assertThat(none.missed()).isZero();
        SlowBudget loose =
                new SlowBudget(free.costs, free.errors, same(STEPS, 0.2), moves, 2 * unlimited);
        loose.run(course, DENSE);
        assertThat(loose.multipliers).isEqualTo(free.multipliers);
        assertThat(loose.spent).isEqualTo(free.spent);
    }

    /** A head that is worth less than those that were known must not find a band either. */
    @Test
    void aLimitThatOnlyAllKeysKeepLeavesNoChoice() {
        SlowBudget slow = slow(0.2, true, 1e-9);
        DensityBudget budget = slow.run(course(0, DENSE + 1), DENSE);
        budget.begin(course(DENSE + 1, STEPS));
        assertThat(budget.multiplier().orElseThrow()).isLessThan(1e-20);
        SlowBudget loose = slow(0.2, true, 0.1);
        budget = loose.run(course(0, DENSE + 1), DENSE);
        assertThat(budget.multiplier().orElseThrow()).isGreaterThan(1e-9);
    }

    @Test
    void aStepThatMissedMoreThanWasThoughtIsMadeUpForByTheOthers() {
        Course course = course(0, STEPS);
        SlowBudget slow = slow(0.2, true, 0.5);
        DensityBudget budget = slow.begin(course);
        budget.know(0, slow.tradeoffs());
        budget.spent(0, 0, 0, 0);
        double before = budget.multiplier().orElseThrow();
        double all = 0.25 * course.weightBefore(STEPS) * slow.heads() / 2;
        budget.spent(1, slow.heads(), 0.2 * slow.heads(), 0.99 * all);
        assertThat(budget.multiplier().orElseThrow()).isLessThan(before);
        budget.spent(2, slow.heads(), 0.2 * slow.heads(), all);
        assertThat(budget.multiplier().orElseThrow())
                .as("all that is left is dense")
                .isLessThan(1e-20);
    }

    @Test
    void aStepIsSkippedOnlyIfTheRunUpToItStaysWithinTheLimit() {
        double[][] weights = {{1, 2}, {2, 4}, {4, 8}, {8, 16}};
        Course course = new Course(0, 4, new double[4], weights);
        DensityBudget budget = new DensityBudget(same(4, 0.3), true, 0.1, 10, course);
        // A step's heads weigh 5 for each branch: 15, 30, 60, 120.
        assertThat(budget.allows(0, 0.0999)).isTrue();
        assertThat(budget.allows(0, 0.1001)).isFalse();
        budget.spent(0, 10, 3, 0);
        double most = Math.sqrt(0.01 * 45 / 30);
        assertThat(budget.allows(1, most * 0.999)).isTrue();
        assertThat(budget.allows(1, most * 1.001)).isFalse();
        budget.spent(1, 10, 3, 0.3);
        most = Math.sqrt((0.01 * 105 - 0.3) / 60);
        assertThat(budget.allows(2, most * 0.999)).isTrue();
        assertThat(budget.allows(2, most * 1.001)).isFalse();
        budget.skipped(2, 0.75);
        assertThat(budget.allows(3, Math.sqrt(0.01 * 225 - 1.05 + 1e-6) / Math.sqrt(120)))
                .as("an error a little too great")
                .isFalse();
        assertThat(budget.allows(3, Double.NaN)).isFalse();
        DensityBudget free = new DensityBudget(same(4, 0.3), true, NO_LIMIT, 10, course);
        assertThat(free.allows(0, 1e6)).isTrue();
    }

    @Test
    void whatASkippedStepWouldHaveKeptIsNotSpentElsewhere() {
        SlowBudget slow = slow(0.3, true, NO_LIMIT);
        int[] skipped = {6, 7, 9, 12, 13, 14, 16};
        slow.run(course(0, STEPS), DENSE, skipped);
        double kept = Arrays.stream(slow.spent).filter(d -> !Double.isNaN(d)).sum();
        // Steps before the first skipped one may have kept less in favour of the later, heavier.
        assertThat(kept / (STEPS - DENSE - skipped.length)).isCloseTo(0.3, within(0.003));
        SlowBudget alone = slow(0.3, false, NO_LIMIT);
        alone.run(course(0, STEPS), DENSE, skipped);
        for (int step = DENSE; step < STEPS; step++) {
            if (!Double.isNaN(alone.spent[step])) {
                assertThat(alone.spent[step]).isCloseTo(0.3, within(0.01));
            }
        }
    }

    @Test
    void theNextDenoiserBeginsWithWhatIsKnownAndSpendsItsOwn() {
        SlowBudget slow = slow(0.3, true, NO_LIMIT);
        Course first = course(0, 11);
        DensityBudget budget = slow.run(first, DENSE);
        Course second = course(11, STEPS);
        budget.begin(second);
        assertThat(budget.course()).isSameAs(second);
        assertThat(budget.multiplier()).isPresent();
        slow.run(budget, second, 0);
        assertThat(slow.mean(DENSE, 11)).isCloseTo(0.3, within(0.003));
        assertThat(slow.mean(11, STEPS)).isCloseTo(0.3, within(0.003));
    }

    @Test
    void nothingIsWorthAnythingBeforeAnErrorIsKnown() {
        SlowBudget slow = slow(0.3, true, NO_LIMIT);
        DensityBudget budget = slow.begin(course(0, STEPS));
        assertThat(budget.multiplier()).isEmpty();
        budget.spent(0, 0, 0, 0);
        budget.skipped(1, 0.5);
        budget.begin(course(2, STEPS));
        assertThat(budget.multiplier()).isEmpty();
    }
}
