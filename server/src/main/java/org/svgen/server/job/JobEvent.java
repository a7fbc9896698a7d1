package org.svgen.server.job;

import java.util.Objects;
import java.util.Optional;

/**
 * That a job came into a state, or was deleted. Events are kept with their job; of a deleted one,
 * that last one is kept for a while.
 *
 * @param id grows over all jobs, also over restarts
 * @param job whose
 * @param owner of the job
 * @param state that it came into, {@code queued} again if its worker was lost; none if it was
 *     deleted
 * @param at when, in milliseconds since 1970
 */
public record JobEvent(long id, JobId job, String owner, Optional<JobState> state, long at) {
    /** Checks that none is null. */
    public JobEvent {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(state, "state");
    }

    /**
     * {@return as streams call it: {@code status}, {@code completed}, {@code failed} or {@code
     * deleted}}
     */
    public String name() {
        return state.map(s -> s.isFinal() ? s.word() : "status").orElse("deleted");
    }
}
