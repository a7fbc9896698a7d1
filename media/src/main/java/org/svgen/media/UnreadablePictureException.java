package org.svgen.media;

import java.io.IOException;

/** A picture that is damaged, or of a kind that is not read; the message says what and why. */
final class UnreadablePictureException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadablePictureException(String message) {
        super(message);
    }
}
