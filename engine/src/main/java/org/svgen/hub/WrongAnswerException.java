package org.svgen.hub;

import java.io.IOException;

/** An answer came that does not fit what was asked or listed; the next is hardly better. */
final class WrongAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongAnswerException(String message) {
        super(message);
    }
}
