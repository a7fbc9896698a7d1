package org.svgen.lab.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A range of numbers with round ticks.
 *
 * @param reversed if larger numbers lie on the left, or below
 */
record Axis(double low, double high, boolean reversed, List<Double> ticks, List<String> labels) {
    private static final double MARGIN = 0.06;
    private static final int TICKS = 6;

    /** Holds all values, with some room around them. */
    static Axis around(double... values) {
        double low = Arrays.stream(values).min().orElse(0);
        double high = Arrays.stream(values).max().orElse(1);
        double room = high > low ? (high - low) * MARGIN : Math.max(Math.abs(high) * MARGIN, 0.5);
        return between(low - room, high + room);
    }

    static Axis between(double low, double high) {
        double step = step((high - low) / TICKS);
        List<Double> ticks = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        for (double i = Math.ceil(low / step); i * step <= high; i++) {
            ticks.add(i * step);
            labels.add(
                    Numbers.fixed(
                            BigDecimal.valueOf(i).multiply(BigDecimal.valueOf(step)).doubleValue(),
                            digits));
        }
        return new Axis(low, high, false, ticks, labels);
    }

    /** 1, 2 or 5 times a power of ten, not below what is asked. */
    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    Axis reverse() {
        return new Axis(low, high, !reversed, ticks, labels);
    }

    /** {@return where a value lies, from 0 (left, below) to 1} */
    double share(double value) {
        double share = (value - low) / (high - low);
        return reversed ? 1 - share : share;
    }

    /** {@return what lies there} */
    double at(double share) {
        return low + (reversed ? 1 - share : share) * (high - low);
    }
}
