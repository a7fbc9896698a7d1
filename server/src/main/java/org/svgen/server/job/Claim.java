package org.svgen.server.job;

import java.util.Objects;

/**
 * The right to run a job. Who was given a job later has a higher fence; with a lower one, nothing
 * can be written any more.
 *
 * @param job that is run
 * @param worker who runs it
 * @param fence grows with each claim of the job, from 1
 */
public record Claim(JobId job, String worker, long fence) {
    /** Checks that all are there. */
    public Claim {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(worker, "worker");
    }
}
