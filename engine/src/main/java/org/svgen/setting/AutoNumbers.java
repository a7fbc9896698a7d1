package org.svgen.setting;

import java.util.Optional;
import java.util.OptionalDouble;

/** Numbers, or none: then the model chooses. */
record AutoNumbers(Values<Double> numbers) implements Values<OptionalDouble> {
    private static final String AUTO = "auto";

    @Override
    public boolean takes(OptionalDouble value) {
        return value.isEmpty() || numbers.takes(value.getAsDouble());
    }

    @Override
    public String expected() {
        return numbers.expected() + ", or " + AUTO;
    }

    @Override
    public Optional<OptionalDouble> read(Object plain) {
        return plain instanceof String text
                ? auto(text)
                : numbers.read(plain).map(OptionalDouble::of);
    }

    @Override
    public Optional<OptionalDouble> parse(String text) {
        return auto(text).or(() -> numbers.parse(text).map(OptionalDouble::of));
    }

    private static Optional<OptionalDouble> auto(String text) {
        return text.equalsIgnoreCase(AUTO) ? Optional.of(OptionalDouble.empty()) : Optional.empty();
    }

    @Override
    public Object plain(OptionalDouble value) {
        return value.isEmpty() ? AUTO : numbers.plain(value.getAsDouble());
    }
}
