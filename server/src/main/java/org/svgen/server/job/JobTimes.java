package org.svgen.server.job;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * When what happened, in milliseconds since 1970. A later one is never smaller, even if the clock
 * was set back in between.
 *
 * @param created when it was accepted
 * @param started when a worker first took it
 * @param finished when it completed or failed
 * @param expires when its video goes
 */
public record JobTimes(
        long created, OptionalLong started, OptionalLong finished, OptionalLong expires) {
    /** Checks that none is null. */
    public JobTimes {
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(finished, "finished");
        Objects.requireNonNull(expires, "expires");
    }
}
