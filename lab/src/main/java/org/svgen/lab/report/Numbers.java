package org.svgen.lab.report;

import java.util.Locale;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.Interval;

/** Numbers as people read them. */
final class Numbers {
    private static final String MINUS = "\u2212";

    private Numbers() {}

    static String of(Measure measure, double value) {
        if (measure.unit().equals("dB") && value >= Findings.IDENTICAL_DB) {
            return "identical";
        }
        return fixed(value, digits(measure));
    }

    /** With its sign. */
    static String difference(Measure measure, double value) {
        return String.format(Locale.ROOT, "%+." + digits(measure) + "f", value).replace("-", MINUS);
    }

    static String range(Measure measure, Interval interval) {
        return difference(measure, interval.low()) + " to " + difference(measure, interval.high());
    }

    private static int digits(Measure measure) {
        return measure.unit().equals("dB") ? 2 : 4;
    }

    static String fixed(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value).replace("-", MINUS);
    }

    /** With three figures, as a time. */
    static String seconds(double seconds) {
        return fixed(seconds, seconds < 1 ? 3 : seconds < 10 ? 2 : seconds < 100 ? 1 : 0);
    }
}
