package org.svgen.pipeline;

import org.svgen.tensor.StoppedException;

/**
 * The run was stopped: its listener asked for it, its thread was interrupted (and still is), or
 * another thread closed the pipeline or the device.
 */
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

    /**
     * For a reason.
     *
     * @param message one line
     * @param cause what ended the run
     */
    public CancelledException(String message, Throwable cause) {
        super(message, cause);
    }
}
