package org.svgen.tensor;

/**
 * What the user gave cannot be used. The message is one line that says what is wrong, where, what
 * was expected and what was found; a program shows it as it is and exits with 2.
 */
public class BadInputException extends SvgenException {
    private static final long serialVersionUID = 1L;

    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
