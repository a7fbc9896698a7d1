package org.svgen.lab.statistics;

import java.util.Arrays;
import java.util.Objects;

/**
 * Pairs of values that fall into groups, such as the clips of a prompt: an {@code x} and a {@code
 * y} each, measured on the same clip. If a group has several pairs, whole groups are resampled,
 * since videos of one prompt resemble each other and count less than videos of different prompts.
 */
public final class Clustered {
    private final int[] counts;
    private final double[] x;
    private final double[] y;

    private Clustered(int clusters) {
        counts = new int[clusters];
        x = new double[clusters];
        y = new double[clusters];
    }

    /**
     * Puts the pairs into their groups.
     *
     * @param clusters the group of each pair, any numbers
     * @param x one value of each pair, finite
     * @param y the other, finite
     * @return the groups
     * @throws IllegalArgumentException if there is no pair, the lengths differ or a value is not
     *     finite
     */
    public static Clustered of(int[] clusters, double[] x, double[] y) {
        Objects.requireNonNull(clusters, "clusters");
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(y, "y");
        if (clusters.length == 0 || x.length != clusters.length || y.length != clusters.length) {
            throw new IllegalArgumentException(
                    "lengths: " + clusters.length + ", " + x.length + ", " + y.length);
        }
        int[] names = Arrays.stream(clusters).distinct().sorted().toArray();
        Clustered groups = new Clustered(names.length);
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i]) || !Double.isFinite(y[i])) {
                throw new IllegalArgumentException("pair " + i + ": " + x[i] + ", " + y[i]);
            }
            int group = Arrays.binarySearch(names, clusters[i]);
            groups.counts[group]++;
            groups.x[group] += x[i];
            groups.y[group] += y[i];
        }
        return groups;
    }

    /** {@return the mean of {@code x - y}, with its 95 % interval (BCa bootstrap)} */
    public Interval meanDifference() {
        return Bootstrap.interval(
                counts.length, drawn -> (sum(x, drawn) - sum(y, drawn)) / count(drawn));
    }

    /**
     * {@return the ratio of the means, {@code x} to {@code y}, with its 95 % interval (BCa
     * bootstrap)}
     */
    public Interval ratioOfMeans() {
        return Bootstrap.interval(counts.length, drawn -> sum(x, drawn) / sum(y, drawn));
    }

    /** {@return the mean of {@code x}, with its 95 % interval (BCa bootstrap)} */
    public Interval mean() {
        return Bootstrap.interval(counts.length, drawn -> sum(x, drawn) / count(drawn));
    }

    private int count(int[] drawn) {
        int sum = 0;
        for (int group : drawn) {
            sum += counts[group];
        }
        return sum;
    }

    private static double sum(double[] values, int[] drawn) {
        double sum = 0;
        for (int group : drawn) {
            sum += values[group];
        }
        return sum;
    }
}
