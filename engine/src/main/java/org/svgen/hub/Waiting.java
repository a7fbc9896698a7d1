package org.svgen.hub;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the waiting for one answer: by somebody who wants to stop, and by a time for the whole.
 */
final class Waiting {
    /** How long to wait without a look whether somebody wants to stop. */
    static final long SLICE_MILLIS = 100;

    private final BooleanSupplier cancelled;
    private final Patience patience;
    private final @Nullable Duration whole;
    private final long began = System.nanoTime();

    /**
     * @param whole the time for all of the answer; null for a large file, which has a {@link Pace}
     *     alone
     */
    Waiting(BooleanSupplier cancelled, Patience patience, @Nullable Duration whole) {
        this.cancelled = cancelled;
        this.patience = patience;
        this.whole = whole;
    }

    Patience patience() {
        return patience;
    }

    /**
     * Returns if it is right to wait on.
     *
     * @throws PullStoppedException if somebody wants to stop
     */
    void check() throws TooSlowException {
        if (cancelled.getAsBoolean()) {
            throw new PullStoppedException();
        }
        if (whole != null && System.nanoTime() - began > whole.toNanos()) {
            throw new TooSlowException(
                    "the answer did not end within %d s".formatted(whole.toSeconds()));
        }
    }
}
