package org.svgen.server.job;

import java.util.Objects;

/**
 * That a job came into a state: kept with the job, until it is deleted.
 *
 * @param id grows over all jobs, also over restarts
 * @param job whose
 * @param state that it came into; {@code queued} again if its worker was lost
 * @param at when, in milliseconds since 1970
 */
public record JobEvent(long id, JobId job, JobState state, long at) {
    /** Checks that both are there. */
    public JobEvent {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(state, "state");
    }

    /** {@return as streams call it: {@code status}, {@code completed} or {@code failed}} */
    public String name() {
        return state.isFinal() ? state.word() : "status";
    }
}
