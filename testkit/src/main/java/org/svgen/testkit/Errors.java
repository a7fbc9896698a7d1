package org.svgen.testkit;

/** Measures of how far a result is from its reference. */
public final class Errors {
    /**
     * Stands in goldens for a number that was left out ({@code tools/thin-goldens.py}), as bits of
     * a float: a NaN that no computation gives.
     */
    private static final int LEFT_OUT = 0x7FC5A11D;

    private Errors() {}

    /**
     * {@code ||actual - expected|| / ||expected||} in the 2-norm, over what is not left out of the
     * expected numbers; NaN if any other element is NaN.
     */
    public static double relative(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new IllegalArgumentException(
                    "%d elements, expected %d".formatted(actual.length, expected.length));
        }
        double difference = 0;
        double norm = 0;
        int compared = 0;
        for (int i = 0; i < actual.length; i++) {
            if (Float.floatToRawIntBits(expected[i]) == LEFT_OUT) {
                continue;
            }
            compared++;
            double d = (double) actual[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        if (compared == 0 && actual.length > 0) {
            throw new IllegalArgumentException("all that is expected is left out");
        }
        return norm == 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
    }
}
