package org.svgen.hub;

import java.io.IOException;

/** An answer came, but not in the time that it may take as a whole. */
final class TooSlowException extends IOException {
    private static final long serialVersionUID = 1L;

    TooSlowException(String message) {
        super(message);
    }
}
