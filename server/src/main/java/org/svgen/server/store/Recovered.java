package org.svgen.server.store;

import java.util.List;
import java.util.Objects;
import org.svgen.server.job.Job;

/**
 * Jobs whose workers were lost.
 *
 * @param requeued those that wait again
 * @param ended those that have failed: they crashed too often, or were to be cancelled
 */
public record Recovered(List<Job> requeued, List<Job> ended) {
    /** Copies the lists. */
    public Recovered {
        requeued = List.copyOf(Objects.requireNonNull(requeued, "requeued"));
        ended = List.copyOf(Objects.requireNonNull(ended, "ended"));
    }
}
