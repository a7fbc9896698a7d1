package org.svgen.testkit;

/** Measures of how far a result is from its reference. */
public final class Errors {
    private Errors() {}

    /** {@code ||actual - expected|| / ||expected||} in the 2-norm; NaN if any element is NaN. */
    public static double relative(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new IllegalArgumentException(
                    "%d elements, expected %d".formatted(actual.length, expected.length));
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            double d = (double) actual[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        return norm == 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
    }
}
