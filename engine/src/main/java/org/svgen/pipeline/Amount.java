package org.svgen.pipeline;

import java.util.Objects;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** A part of the steps or layers of a run: a count, or a fraction of all there are. */
public sealed interface Amount {
    /**
     * {@return how many of {@code total} are meant; a fraction is rounded down}
     *
     * @param total of all parts
     */
    int of(int total);

    /**
     * The first {@code count}.
     *
     * @param count how many
     */
    record Count(int count) implements Amount {
        @Override
        public int of(int total) {
            return Math.min(count, total);
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    /**
     * The fraction {@code value}, 0 to 1.
     *
     * @param value 0 to 1
     */
    record Fraction(double value) implements Amount {
        @Override
        public int of(int total) {
            return (int) Math.floor(value * total + 1e-9);
        }

        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /**
     * Reads {@code 5} as a count and {@code 0.2} as a fraction.
     *
     * @param field that it belongs to, for the message
     * @param text what a user wrote
     * @return the amount
     * @throws BadInputException for anything else
     */
    static Amount parse(Field field, String text) {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(text, "text");
        try {
            if (text.chars().allMatch(Character::isDigit)) {
                return new Count(Integer.parseInt(text));
            }
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= 1) {
                return new Fraction(value);
            }
        } catch (NumberFormatException e) {
            // The message below covers it.
        }
        throw BadInputException.of(field, "a count such as 5 or a fraction such as 0.2", text);
    }
}
