package org.svgen.hub;

import org.svgen.tensor.SvgenException;

/** The listener asked the download to stop. */
public final class PullStoppedException extends SvgenException {
    private static final long serialVersionUID = 1L;

    PullStoppedException() {
        super("stopped; what was downloaded is kept, and the same command goes on");
    }
}
