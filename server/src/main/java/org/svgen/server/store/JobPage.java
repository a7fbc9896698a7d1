package org.svgen.server.store;

import java.util.List;
import java.util.Objects;
import org.svgen.server.job.Job;

/**
 * Some of the jobs.
 *
 * @param jobs in the order that was asked for
 * @param hasMore true if others follow
 */
public record JobPage(List<Job> jobs, boolean hasMore) {
    /** Copies the list. */
    public JobPage {
        jobs = List.copyOf(Objects.requireNonNull(jobs, "jobs"));
    }
}
