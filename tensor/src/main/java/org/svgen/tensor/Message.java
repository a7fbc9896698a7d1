package org.svgen.tensor;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * One line for people. The fields that it names are kept apart from its words, so that each door
 * (library, command line) calls them by its own names.
 *
 * @param format as of {@link String#format}
 * @param values what stands in its places; a {@link Field} is said by its name at the door
 */
public record Message(String format, List<Object> values) {
    /** Keeps a copy of the values. */
    public Message {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(values, "values");
        values = List.copyOf(values);
    }

    /**
     * {@return a message of that format}
     *
     * @param format as for String.format
     * @param values that the format names; a field gets the name that the reader knows
     */
    public static Message of(String format, Object... values) {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(values, "values");
        return new Message(format, List.of(values));
    }

    /**
     * {@return {@code text} as it stands}
     *
     * @param text the text
     */
    public static Message plain(String text) {
        Objects.requireNonNull(text, "text");
        return of("%s", text);
    }

    /**
     * {@return the line}
     *
     * @param names of the name of a field, what it is called
     */
    @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations
    public String text(UnaryOperator<String> names) {
        Object[] said =
                values.stream()
                        .map(v ->
                                switch (v) {
                                    case Field field -> names.apply(field.name());
                                    case Message part -> part.text(names);
                                    default -> v;
                                })
                        .toArray();
        return String.format(Locale.ROOT, format, said);
    }

    /** The line with fields as the library names them. */
    @Override
    public String toString() {
        return text(UnaryOperator.identity());
    }
}
