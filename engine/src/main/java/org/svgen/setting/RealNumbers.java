package org.svgen.setting;

import java.util.Optional;

/**
 * Numbers up to {@code to}, which is one of them.
 *
 * @param above if {@code from} is none of them
 */
record RealNumbers(double from, boolean above, double to) implements Values<Double> {
    @Override
    public boolean takes(Double value) {
        return (above ? value > from : value >= from) && value <= to;
    }

    @Override
    public String expected() {
        if (to == Double.POSITIVE_INFINITY) {
            return "a number %s %s, or Infinity"
                    .formatted(above ? "above" : "of at least", decimal(from));
        }
        return (above ? "a number in (%s, %s]" : "a number from %s to %s")
                .formatted(decimal(from), decimal(to));
    }

    /** {@code 4}, {@code 0.5}. */
    private static String decimal(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public Optional<Double> read(Object plain) {
        return plain instanceof Number number
                ? Optional.of(number.doubleValue())
                : Optional.empty();
    }

    @Override
    public Optional<Double> parse(String text) {
        try {
            return Optional.of(Double.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public Object plain(Double value) {
        return value;
    }
}
