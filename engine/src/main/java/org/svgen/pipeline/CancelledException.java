package org.svgen.pipeline;

import org.svgen.tensor.StoppedException;

/** The listener asked the run to stop. */
public final class CancelledException extends StoppedException {
    private static final long serialVersionUID = 1L;

    /** A run that was stopped. */
    public CancelledException() {
        this("stopped, nothing was written");
    }

    /**
     * A run that was stopped.
     *
     * @param message what happened
     */
    public CancelledException(String message) {
        super(message);
    }
}
