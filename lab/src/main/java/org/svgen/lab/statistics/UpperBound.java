package org.svgen.lab.statistics;

import java.util.Arrays;
import java.util.Objects;

/**
 * An upper bound of a positive quantity that is known only afterwards, such as the true error of a
 * video, from one that is known at once, such as an estimate of it. The bound is the estimate times
 * a factor. The factor comes from examples by split conformal prediction (Vovk, Gammerman and
 * Shafer, Algorithmic Learning in a Random World, 2005; Lei and others, JASA 113, 2018): for one
 * more example that is like the others, the bound is exceeded with probability {@code 1 - level} at
 * most, whatever the distribution.
 *
 * @param factor by which estimates are multiplied
 * @param level the share of cases in which the bound holds
 * @param examples that the factor comes from
 */
public record UpperBound(double factor, double level, int examples) {
    /**
     * Finds the factor.
     *
     * @param estimates of examples, each positive
     * @param truths that turned out, not negative, in the same order
     * @param level in 0..1; it takes at least {@code level / (1 - level)} examples
     * @return the bound
     * @throws IllegalArgumentException if the lengths differ, a value is out of its range, or there
     *     are too few examples for this level
     */
    public static UpperBound calibrate(double[] estimates, double[] truths, double level) {
        Objects.requireNonNull(estimates, "estimates");
        Objects.requireNonNull(truths, "truths");
        int count = estimates.length;
        if (truths.length != count) {
            throw new IllegalArgumentException("lengths: " + count + ", " + truths.length);
        }
        // Of count + 1 equally likely places of the next ratio, this many lie below the bound.
        int rank = (int) Math.ceil((count + 1) * level - 1e-9);
        if (!(level > 0 && level < 1) || rank > count) {
            throw new IllegalArgumentException("level " + level + " of " + count + " examples");
        }
        double[] ratios = new double[count];
        for (int i = 0; i < count; i++) {
            if (!(estimates[i] > 0) || !(truths[i] >= 0) || Double.isInfinite(estimates[i])) {
                throw new IllegalArgumentException(
                        "example " + i + ": " + estimates[i] + ", " + truths[i]);
            }
            ratios[i] = truths[i] / estimates[i];
        }
        Arrays.sort(ratios);
        return new UpperBound(ratios[rank - 1], level, count);
    }

    /**
     * {@return the bound for an estimate}
     *
     * @param estimate not negative
     */
    public double of(double estimate) {
        return factor * estimate;
    }
}
