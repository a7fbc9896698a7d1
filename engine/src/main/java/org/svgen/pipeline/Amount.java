package org.svgen.pipeline;

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
}
