package org.svgen.sparse;

import java.util.Arrays;

/**
 * The steps that a denoiser takes, and how much an error of its attention counts in each.
 *
 * @param from the first step
 * @param to behind the last step
 * @param timesteps of the whole run, on the scheduler's scale
 * @param weights [steps of the whole run][branches of guidance]: by how much a squared error of the
 *     branch moves the sample, in any unit
 * @param firstBranch which of the run's branches the first one is
 */
public record Course(int from, int to, double[] timesteps, double[][] weights, int firstBranch) {
    /** Checks that steps and weights fit. */
    public Course {
        if (from < 0 || to < from || to > timesteps.length || weights.length != timesteps.length) {
            throw new IllegalArgumentException(
                    "steps %d to %d, %d timesteps, %d weights"
                            .formatted(from, to, timesteps.length, weights.length));
        }
    }

    /**
     * All branches of a run.
     *
     * @param from the first step
     * @param to behind the last step
     * @param timesteps of the whole run, on the scheduler's scale
     * @param weights [steps of the whole run][branches of guidance]
     */
    public Course(int from, int to, double[] timesteps, double[][] weights) {
        this(from, to, timesteps, weights, 0);
    }

    /**
     * {@return a run whose steps and branches count alike}
     *
     * @param timesteps of the run
     * @param branches of guidance
     */
    public static Course even(double[] timesteps, int branches) {
        double[][] weights = new double[timesteps.length][branches];
        for (double[] step : weights) {
            Arrays.fill(step, 1);
        }
        return new Course(0, timesteps.length, timesteps, weights);
    }

    /**
     * {@return the same steps, of one branch alone}
     *
     * @param branch which
     */
    public Course ofBranch(int branch) {
        double[][] own =
                Arrays.stream(weights)
                        .map(step -> new double[] {step[branch]})
                        .toArray(double[][]::new);
        return new Course(from, to, timesteps, own, branch);
    }

    /** The sum of a step's weights. */
    double weight(int step) {
        return Arrays.stream(weights[step]).sum();
    }

    /** The sum of the weights of its steps before {@code end}. */
    double weightBefore(int end) {
        double sum = 0;
        for (int step = from; step < end; step++) {
            sum += weight(step);
        }
        return sum;
    }

    int branches() {
        return weights[from].length;
    }
}
