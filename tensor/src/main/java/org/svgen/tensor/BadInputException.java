package org.svgen.tensor;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the user gave cannot be used. The message is one line that says what is wrong, where, what
 * was expected and what was found; a program shows it as it is and exits with 2.
 *
 * <p>Where it is a field of a request, {@link #field}, {@link #expected} and {@link #found} say so
 * to programs.
 */
public class BadInputException extends SvgenException {
    private static final long serialVersionUID = 1L;

    /** The field of a request that is wrong; none if it is something else. */
    private final @Nullable String field;

    /** What would be right; none where only the message says it. */
    private final @Nullable String expected;

    /** What is there instead, in the same words. */
    private final @Nullable String found;

    /**
     * An error in what the user gave.
     *
     * @param message what is wrong, where, and what would be right
     */
    public BadInputException(String message) {
        this(message, null);
    }

    /**
     * An error in what the user gave.
     *
     * @param message what is wrong, where, and what would be right
     * @param cause what it followed from; none if nothing
     */
    public BadInputException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.field = null;
        this.expected = null;
        this.found = null;
    }

    /**
     * About what no field alone can mend; the message may name some.
     *
     * @param message what is wrong, where, and what would be right
     */
    public BadInputException(Message message) {
        super(message, null);
        this.field = null;
        this.expected = null;
        this.found = null;
    }

    private BadInputException(Field field, String expected, Object found, Message message) {
        super(message, null);
        this.field = field.name();
        this.expected = expected;
        this.found = String.valueOf(found);
    }

    /**
     * {@return {@code steps: expected 1 to 1000, found 0}}
     *
     * @param field of the request that is wrong
     * @param expected what would be right
     * @param found what is there instead
     */
    public static BadInputException of(Field field, String expected, Object found) {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(found, "found");
        return of(
                field,
                expected,
                found,
                Message.of(
                        found instanceof String
                                ? "%s: expected %s, found '%s'"
                                : "%s: expected %s, found %s",
                        field,
                        expected,
                        found));
    }

    /**
     * {@return the same in other words}
     *
     * @param field of the request that is wrong
     * @param expected what would be right
     * @param found what is there instead
     * @param message what is wrong, where, and what would be right
     */
    public static BadInputException of(
            Field field, String expected, Object found, Message message) {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(found, "found");
        Objects.requireNonNull(message, "message");
        return new BadInputException(field, expected, found, message);
    }

    /** {@return the field that is wrong, as the library names it, if it is one: {@code steps}} */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }

    /** {@return what the field takes: {@code 1 to 1000}} */
    public Optional<String> expected() {
        return Optional.ofNullable(expected);
    }

    /** {@return what the field was given: {@code 0}} */
    public Optional<String> found() {
        return Optional.ofNullable(found);
    }
}
