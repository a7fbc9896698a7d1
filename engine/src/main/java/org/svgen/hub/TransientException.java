package org.svgen.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The hub said no, but may say yes later. */
final class TransientException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Duration wait;

    /**
     * @param wait how long the hub asked to wait; null if it did not
     */
    TransientException(String message, @Nullable Duration wait) {
        super(message);
        this.wait = wait;
    }

    @Nullable Duration askedToWait() {
        return wait;
    }
}
