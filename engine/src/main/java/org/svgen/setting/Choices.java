package org.svgen.setting;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Some values, each with a name.
 *
 * @param <T> of the values
 * @param choices all of them
 * @param names of the choices, in their order
 */
record Choices<T>(List<T> choices, List<String> names) implements Values<T> {
    private static final int FEW = 3;

    static <T> Choices<T> of(List<T> choices) {
        Objects.requireNonNull(choices, "choices");
        return new Choices<>(choices, choices.stream().map(String::valueOf).toList());
    }

    Choices {
        Objects.requireNonNull(choices, "choices");
        choices = List.copyOf(choices);
        names = List.copyOf(names);
    }

    @Override
    public boolean takes(T value) {
        return choices.contains(value);
    }

    /** {@code f32, f16 or bf16}; {@code one of} many. */
    @Override
    public String expected() {
        int last = names.size() - 1;
        if (last < 1 || last >= FEW) {
            return (last < 1 ? "" : "one of ") + String.join(", ", names);
        }
        return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /** As an option's parameter: {@code f32|f16|bf16}. */
    String label() {
        return String.join("|", names);
    }

    @Override
    public Optional<T> read(Object plain) {
        return plain instanceof String text ? parse(text) : Optional.empty();
    }

    @Override
    public Optional<T> parse(String text) {
        return IntStream.range(0, names.size())
                .filter(i -> names.get(i).equalsIgnoreCase(text))
                .mapToObj(choices::get)
                .findFirst();
    }

    @Override
    public Object plain(T value) {
        int at = choices.indexOf(value);
        return at < 0 ? String.valueOf(value) : names.get(at);
    }
}
