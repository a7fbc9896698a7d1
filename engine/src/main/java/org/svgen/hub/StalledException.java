package org.svgen.hub;

import java.io.IOException;

/** Nothing comes any more, or hardly anything. */
final class StalledException extends IOException {
    private static final long serialVersionUID = 1L;

    StalledException(String message) {
        super(message);
    }
}
