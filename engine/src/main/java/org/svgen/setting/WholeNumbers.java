package org.svgen.setting;

import java.util.Optional;

/** Whole numbers, both ends included. */
record WholeNumbers(int from, int to) implements Values<Integer> {
    @Override
    public boolean takes(Integer value) {
        return value >= from && value <= to;
    }

    @Override
    public String expected() {
        return to == Integer.MAX_VALUE
                ? "a whole number of at least " + from
                : "a whole number from %d to %d".formatted(from, to);
    }

    @Override
    public Optional<Integer> read(Object plain) {
        return plain instanceof Integer number ? Optional.of(number) : Optional.empty();
    }

    @Override
    public Optional<Integer> parse(String text) {
        try {
            return Optional.of(Integer.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public Object plain(Integer value) {
        return value;
    }
}
