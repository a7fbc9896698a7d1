package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * A run whose errors stay as they are from step to step. Each head tries all choices, as the device
 * does, by what the budget says that density is worth.
 */
final class SlowBudget {
    /** Of choices: rising, the last keeps all. */
    final double[] costs;

    /** [branches][heads][choices]. */
    final List<List<double[]>> errors;

    private final double[] densities;
    private final boolean moves;
    private final double maxError;

    /** By step: the mean of what heads keep; NaN where the step is not sparse. */
    final double[] spent;

    /** By step and branch. */
    final double[][] spentByBranch;

    /** By step: the sum of weighted errors. */
    final double[] missed;

    final List<OptionalDouble> multipliers = new ArrayList<>();

    SlowBudget(
            double[] costs,
            List<List<double[]>> errors,
            double[] densities,
            boolean moves,
            double maxError) {
        this.costs = costs;
        this.errors = errors;
        this.densities = densities;
        this.moves = moves;
        this.maxError = maxError;
        this.spent = new double[densities.length];
        this.spentByBranch = new double[densities.length][errors.size()];
        this.missed = new double[densities.length];
        Arrays.fill(spent, Double.NaN);
    }

    /** Rising costs, of which the last is all. */
    static double[] costs(RandomGenerator random, int bands) {
        double[] costs = random.doubles(bands + 1, 0.05, 0.9).sorted().toArray();
        costs[bands] = 1;
        return costs;
    }

    /** Errors that mostly fall with costs; some choices will not do. All keys miss nothing. */
    static double[] errors(RandomGenerator random, double[] costs, double infinite) {
        double[] errors = new double[costs.length];
        double size = Math.exp(2 * random.nextGaussian());
        for (int i = 0; i < costs.length - 1; i++) {
            errors[i] =
                    random.nextDouble() < infinite
                            ? Double.POSITIVE_INFINITY
                            : size * Math.pow(1 - costs[i], 3) * random.nextDouble(0.5, 1.5);
        }
        return errors;
    }

    static List<List<double[]>> heads(
            RandomGenerator random, double[] costs, int branches, int heads) {
        List<List<double[]>> all = new ArrayList<>();
        for (int b = 0; b < branches; b++) {
            List<double[]> branch = new ArrayList<>();
            for (int h = 0; h < heads; h++) {
                branch.add(errors(random, costs, 0));
            }
            all.add(branch);
        }
        return all;
    }

    static int best(double[] errors, double[] costs, double worth) {
        int best = 0;
        for (int i = 1; i < errors.length; i++) {
            if (errors[i] + worth * costs[i] < errors[best] + worth * costs[best]) {
                best = i;
            }
        }
        return best;
    }

    int heads() {
        return errors.stream().mapToInt(List::size).sum();
    }

    DensityBudget begin(Course course) {
        return new DensityBudget(densities, moves, maxError, heads(), course);
    }

    /** All steps of a course, of which the first {@code dense} only look at the heads. */
    DensityBudget run(Course course, int dense, int... skipped) {
        DensityBudget budget = begin(course);
        run(budget, course, dense, skipped);
        return budget;
    }

    void run(DensityBudget budget, Course course, int dense, int... skipped) {
        for (int step = course.from(); step < course.to(); step++) {
            int s = step;
            if (Arrays.stream(skipped).anyMatch(skip -> skip == s)) {
                budget.skipped(step, 0);
            } else if (step < dense) {
                budget.know(0, tradeoffs());
                budget.spent(step, 0, 0, 0);
            } else {
                step(budget, course, step);
            }
        }
    }

    private void step(DensityBudget budget, Course course, int step) {
        multipliers.add(budget.multiplier());
        double worth = budget.multiplier().orElseThrow();
        double kept = 0;
        for (int b = 0; b < errors.size(); b++) {
            double weight = course.weights()[step][b];
            for (double[] head : errors.get(b)) {
                int choice = best(head, costs, worth / weight);
                kept += costs[choice];
                spentByBranch[step][b] += costs[choice] / errors.get(b).size();
                missed[step] += weight * head[choice];
            }
        }
        spent[step] = kept / heads();
        budget.know(0, tradeoffs());
        budget.spent(step, heads(), kept, missed[step]);
    }

    List<Tradeoff> tradeoffs() {
        return errors.stream().map(heads -> Tradeoff.of(heads, costs)).toList();
    }

    /** The mean of what sparse steps kept. */
    double mean(int from, int to) {
        return Arrays.stream(spent, from, to).filter(d -> !Double.isNaN(d)).average().orElseThrow();
    }

    double missed() {
        return Arrays.stream(missed).sum();
    }
}
