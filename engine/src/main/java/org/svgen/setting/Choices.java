package org.svgen.setting;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Some values, each named by its {@code toString}.
 *
 * @param <T> of the values
 */
record Choices<T>(List<T> choices) implements Values<T> {
    private static final int FEW = 3;

    Choices {
        Objects.requireNonNull(choices, "choices");
        choices = List.copyOf(choices);
    }

    @Override
    public boolean takes(T value) {
        return choices.contains(value);
    }

    /** {@code f32, f16 or bf16}; {@code one of} many. */
    @Override
    public String expected() {
        int last = choices.size() - 1;
        if (last < 1 || last >= FEW) {
            return (last < 1 ? "" : "one of ") + names(choices, ", ");
        }
        return names(choices.subList(0, last), ", ") + " or " + choices.get(last);
    }

    /** As an option's parameter: {@code f32|f16|bf16}. */
    String label() {
        return names(choices, "|");
    }

    private static String names(List<?> choices, String joint) {
        return choices.stream().map(String::valueOf).collect(Collectors.joining(joint));
    }

    @Override
    public Optional<T> read(Object plain) {
        return plain instanceof String text ? parse(text) : Optional.empty();
    }

    @Override
    public Optional<T> parse(String text) {
        return choices.stream()
                .filter(choice -> String.valueOf(choice).equalsIgnoreCase(text))
                .findFirst();
    }

    @Override
    public Object plain(T value) {
        return String.valueOf(value);
    }
}
