package org.svgen.server.blob;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The machine that has the files does not answer, or refuses. What was to be written is not there.
 * It is worth to try again later.
 */
public final class BlobsAwayException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * An exception.
     *
     * @param message where the files are and what was answered, in one line
     * @param cause what failed
     */
    BlobsAwayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
