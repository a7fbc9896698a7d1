package org.svgen.server.store;

import java.util.Objects;
import org.svgen.server.job.Job;

/** What became of a {@link Patch}. */
public sealed interface Patched {
    /**
     * All of it is done.
     *
     * @param job as it is now
     */
    record Done(Job job) implements Patched {
        /** Checks that it is there. */
        public Done {
            Objects.requireNonNull(job, "job");
        }
    }

    /** There is no such job; nothing was changed. */
    record NoSuchJob() implements Patched {}

    /**
     * It does not wait any more; nothing was changed.
     *
     * @param job as it is
     */
    record NotQueued(Job job) implements Patched {
        /** Checks that it is there. */
        public NotQueued {
            Objects.requireNonNull(job, "job");
        }
    }

    /**
     * The other job, by whose place it was to go, does not wait or is itself; nothing was changed.
     */
    record OtherNotQueued() implements Patched {}
}
