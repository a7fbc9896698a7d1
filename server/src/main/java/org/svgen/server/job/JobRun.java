package org.svgen.server.job;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a job is run.
 *
 * @param attempts how often it was started
 * @param startsSinceCheckpoint how often since it last came further; stops in good order don't
 *     count
 * @param claim who runs it now
 * @param lease until when, in milliseconds since 1970 by the store's clock; none if nobody runs it
 * @param checkpointStep the denoising step that its checkpoint is behind; none without one
 * @param cancelRequested true if it runs and shall not
 */
public record JobRun(
        int attempts,
        int startsSinceCheckpoint,
        Optional<Claim> claim,
        OptionalLong lease,
        OptionalInt checkpointStep,
        boolean cancelRequested) {
    /** Checks that none is null. */
    public JobRun {
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(checkpointStep, "checkpointStep");
    }
}
