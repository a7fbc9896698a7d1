package org.svgen.tensor;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The root of this project's own exceptions: something went wrong that is not the user's doing. */
public class SvgenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Message line;

    /**
     * An error whose message is one line.
     *
     * @param message what went wrong, on one line
     */
    public SvgenException(String message) {
        super(message);
        this.line = null;
    }

    /**
     * An error whose message is one line.
     *
     * @param message what went wrong, on one line
     * @param cause what it followed from; none if nothing
     */
    public SvgenException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.line = null;
    }

    /**
     * An error whose message is one line.
     *
     * @param message what went wrong, on one line
     * @param cause what it followed from; none if nothing
     */
    public SvgenException(Message message, @Nullable Throwable cause) {
        super(message.toString(), cause);
        this.line = message;
    }

    /**
     * {@return the message with fields by other names than the library's}
     *
     * @param names of the name of a field ({@code sampledRows}), what it is called
     */
    public String text(UnaryOperator<String> names) {
        return line == null ? String.valueOf(getMessage()) : line.text(names);
    }
}
