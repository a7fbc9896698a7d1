package org.svgen.lab.statistics;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Which of several are worth choosing when two things count. */
public final class Pareto {
    private Pareto() {}

    /**
     * {@return indices of the points that no other beats: none is as large in both and larger in
     * one. They are in the order of {@code x}; equal points are all in or all out}
     *
     * @param x of each point, larger is better
     * @param y of each point, larger is better
     * @throws IllegalArgumentException if the lengths differ
     */
    public static List<Integer> front(double[] x, double[] y) {
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(y, "y");
        if (x.length != y.length) {
            throw new IllegalArgumentException("lengths: " + x.length + ", " + y.length);
        }
        return IntStream.range(0, x.length)
                .filter(i -> IntStream.range(0, x.length).noneMatch(k -> beats(x, y, k, i)))
                .boxed()
                .sorted((i, k) -> Double.compare(x[i], x[k]))
                .toList();
    }

    private static boolean beats(double[] x, double[] y, int k, int i) {
        return x[k] >= x[i] && y[k] >= y[i] && (x[k] > x[i] || y[k] > y[i]);
    }
}
