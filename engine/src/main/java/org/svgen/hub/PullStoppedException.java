package org.svgen.hub;

import org.svgen.tensor.StoppedException;

/** The listener asked the download to stop. */
public final class PullStoppedException extends StoppedException {
    private static final long serialVersionUID = 1L;

    PullStoppedException() {
        super("stopped; what was downloaded is kept, and the same command goes on");
    }
}
