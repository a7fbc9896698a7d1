package org.svgen.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Lists of numbers, each smaller than the one before, as texts with commas; or none: then the model
 * chooses.
 *
 * @param numbers that may be in a list
 * @param most of them in a list
 */
record FallingNumbers(Values<Double> numbers, int most) implements Values<List<Double>> {
    private static final String AUTO = "auto";
    private static final String COMMA = ",";

    @Override
    public boolean takes(List<Double> value) {
        for (int i = 0; i < value.size(); i++) {
            if (!numbers.takes(value.get(i)) || i > 0 && value.get(i) >= value.get(i - 1)) {
                return false;
            }
        }
        return value.size() <= most;
    }

    @Override
    public String expected() {
        return "falling numbers with commas between them, each %s, or %s"
                .formatted(numbers.expected(), AUTO);
    }

    @Override
    public Optional<List<Double>> read(Object plain) {
        return plain instanceof String text ? parse(text) : numbers.read(plain).map(List::of);
    }

    @Override
    public Optional<List<Double>> parse(String text) {
        if (text.strip().equalsIgnoreCase(AUTO)) {
            return Optional.of(List.of());
        }
        List<Double> list = new ArrayList<>();
        for (String one : text.split(COMMA, -1)) {
            Optional<Double> number = numbers.parse(one.strip());
            if (number.isEmpty()) {
                return Optional.empty();
            }
            list.add(number.get());
        }
        return Optional.of(List.copyOf(list));
    }

    /** {@code 1000,757,522}. */
    @Override
    public Object plain(List<Double> value) {
        return value.isEmpty()
                ? AUTO
                : value.stream().map(FallingNumbers::text).collect(Collectors.joining(COMMA));
    }

    private static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e9
                ? Long.toString((long) number)
                : Double.toString(number);
    }
}
