package org.svgen.pipeline;

import org.svgen.tensor.SvgenException;

/** The listener asked the run to stop. */
public final class CancelledException extends SvgenException {
    private static final long serialVersionUID = 1L;

    public CancelledException() {
        this("stopped, nothing was written");
    }

    public CancelledException(String message) {
        super(message);
    }
}
