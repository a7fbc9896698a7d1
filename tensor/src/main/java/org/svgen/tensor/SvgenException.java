package org.svgen.tensor;

/** The root of this project's own exceptions: something went wrong that is not the user's doing. */
public class SvgenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SvgenException(String message) {
        super(message);
    }

    public SvgenException(String message, Throwable cause) {
        super(message, cause);
    }
}
