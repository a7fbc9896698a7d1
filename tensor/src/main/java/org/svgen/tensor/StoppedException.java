package org.svgen.tensor;

import org.jspecify.annotations.Nullable;

/** Work that ended early because somebody asked it to, or because the JVM ends. */
public class StoppedException extends SvgenException {
    private static final long serialVersionUID = 1L;

    /**
     * Work that was stopped.
     *
     * @param message what was stopped, on one line
     */
    public StoppedException(String message) {
        super(message);
    }

    /**
     * Work that ended early.
     *
     * @param message one line
     * @param cause what ended it
     */
    public StoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
