package org.svgen.setting;

import java.util.Objects;
import java.util.Optional;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * What a field takes: the one place that says so, whatever door a value comes through.
 *
 * @param <T> type of the field
 * @param field its name
 * @param values that it takes
 */
public record Rule<T>(Field field, Values<T> values) {
    /** Checks that nothing is null that must be there. */
    public Rule {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(values, "values");
    }

    /** {@return the name of the field, in camelCase} */
    public String name() {
        return field.name();
    }

    /** {@return the name of the field in files: {@code dense_steps}} */
    public String key() {
        return Field.words(field.name(), "_");
    }

    /** {@return what the field takes, as messages say it} */
    public String expected() {
        return values.expected();
    }

    /**
     * Refuses a value that the field does not take.
     *
     * @param value for the field
     * @return the value
     * @throws BadInputException naming the field, what was expected and what was found
     */
    public T require(T value) {
        Objects.requireNonNull(value, field.name());
        if (!values.takes(value)) {
            throw wrong(value);
        }
        return value;
    }

    /**
     * {@return whether {@link #read} takes a plain value}
     *
     * @param plain a {@link Boolean}, a {@link Number} or a {@link String}
     */
    public boolean reads(Object plain) {
        Objects.requireNonNull(plain, "plain");
        return values.read(plain).filter(values::takes).isPresent();
    }

    /**
     * {@return the value that a file means}
     *
     * @param plain a {@link Boolean}, a {@link Number} or a {@link String}
     * @throws BadInputException naming the field, what was expected and what was found
     */
    public T read(Object plain) {
        Objects.requireNonNull(plain, "plain");
        return taken(values.read(plain), plain);
    }

    /**
     * {@return the value that a user wrote}
     *
     * @param text what a user wrote
     * @throws BadInputException naming the field, what was expected and what was found
     */
    public T parse(String text) {
        Objects.requireNonNull(text, "text");
        return taken(values.parse(text), text);
    }

    /**
     * {@return what a table says, as files hold it; none if the field does not take it}
     *
     * @param said a {@link Boolean}, a {@link Number}, or a text, which may be a value as users
     *     write it
     */
    public Optional<Object> plain(Object said) {
        Objects.requireNonNull(said, "said");
        Optional<T> value = values.read(said);
        if (value.isEmpty() && said instanceof String text) {
            value = values.parse(text);
        }
        return value.filter(values::takes).map(values::plain);
    }

    private T taken(Optional<T> value, Object found) {
        return value.filter(values::takes).orElseThrow(() -> wrong(found));
    }

    private BadInputException wrong(Object found) {
        return BadInputException.of(field, values.expected(), found);
    }
}
