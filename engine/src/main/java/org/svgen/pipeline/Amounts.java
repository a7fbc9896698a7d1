package org.svgen.pipeline;

import java.util.Optional;
import org.svgen.setting.Values;

/** Counts, and fractions of all there are. */
record Amounts() implements Values<Amount> {
    private static final double MOST = 1e6;

    @Override
    public boolean takes(Amount value) {
        return switch (value) {
            case Amount.Count(int count) -> count >= 0;
            case Amount.Fraction(double fraction) -> fraction >= 0 && fraction <= 1;
        };
    }

    @Override
    public String expected() {
        return "a count such as 5 or a fraction such as 0.2";
    }

    /** A whole number is a count, any other a fraction; a text is read as users write it. */
    @Override
    public Optional<Amount> read(Object plain) {
        return switch (plain) {
            case Number number -> read(number.doubleValue());
            case String text -> parse(text);
            default -> Optional.empty();
        };
    }

    private static Optional<Amount> read(double value) {
        if (value != Math.rint(value)) {
            return Optional.of(new Amount.Fraction(value));
        }
        return Math.abs(value) < MOST
                ? Optional.of(new Amount.Count((int) value))
                : Optional.empty();
    }

    @Override
    public Optional<Amount> parse(String text) {
        try {
            return Optional.of(
                    text.chars().allMatch(Character::isDigit)
                            ? new Amount.Count(Integer.parseInt(text))
                            : new Amount.Fraction(Double.parseDouble(text)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** As text, which tells the count 1 from the fraction 1. */
    @Override
    public Object plain(Amount value) {
        return value.toString();
    }
}
