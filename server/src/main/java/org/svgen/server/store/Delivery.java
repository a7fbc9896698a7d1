package org.svgen.server.store;

import java.util.Objects;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;

/**
 * News of the end of a job that somebody is to be sent. It outlives the job.
 *
 * @param id the same in all attempts: {@code msg_} and letters
 * @param job that ended
 * @param state that it ended in
 * @param url where to
 * @param at when the job ended, in milliseconds since 1970
 * @param attempts how often it was tried before
 */
public record Delivery(String id, JobId job, JobState state, String url, long at, int attempts) {
    /** Checks that none is null. */
    public Delivery {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(url, "url");
    }
}
