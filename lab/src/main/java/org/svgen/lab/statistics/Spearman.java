package org.svgen.lab.statistics;

import java.util.Arrays;
import java.util.Objects;
import org.apache.commons.statistics.ranking.NaNStrategy;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/** How well one series of numbers orders another. */
public final class Spearman {
    private Spearman() {}

    /**
     * {@return Spearman's rank correlation, from -1 to 1: Pearson's correlation of the ranks, where
     * equal values share the mean of their ranks. NaN if one series is constant, or has fewer than
     * two values}
     *
     * @param x one series; infinities have ranks like other values
     * @param y the other, in the same order
     * @throws IllegalArgumentException if the lengths differ or a value is NaN
     */
    public static double of(double[] x, double[] y) {
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(y, "y");
        if (x.length != y.length) {
            throw new IllegalArgumentException("lengths: " + x.length + ", " + y.length);
        }
        return x.length < 2 ? Double.NaN : pearson(ranks(x), ranks(y));
    }

    private static double[] ranks(double[] values) {
        return new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE).apply(values);
    }

    private static double pearson(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElseThrow();
        double meanB = Arrays.stream(b).average().orElseThrow();
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            double da = a[i] - meanA;
            double db = b[i] - meanB;
            ab += da * db;
            aa += da * da;
            bb += db * db;
        }
        return ab / Math.sqrt(aa * bb);
    }
}
