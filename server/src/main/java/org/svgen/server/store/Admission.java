package org.svgen.server.store;

import java.util.Objects;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;

/** What became of a job that somebody wanted to be taken. */
public sealed interface Admission {
    /**
     * It is taken, and will not be lost.
     *
     * @param job as it is kept
     */
    record Accepted(Job job) implements Admission {
        /** Checks that it is there. */
        public Accepted {
            Objects.requireNonNull(job, "job");
        }
    }

    /**
     * It was taken before, by the same idempotency key; nothing was changed now.
     *
     * @param job the first one, as it is now
     */
    record Replayed(Job job) implements Admission {
        /** Checks that it is there. */
        public Replayed {
            Objects.requireNonNull(job, "job");
        }
    }

    /**
     * It was taken before, by the same idempotency key, and deleted since; nothing was changed now.
     *
     * @param job the first one
     */
    record Deleted(JobId job) implements Admission {
        /** Checks that it is there. */
        public Deleted {
            Objects.requireNonNull(job, "job");
        }
    }

    /** Its idempotency key stands for another request; nothing was changed. */
    record KeyReused() implements Admission {}

    /**
     * Too many wait; nothing was changed.
     *
     * @param limit that is reached
     * @param ofOwner true if it is the owner's own, false if it is that of all together
     */
    record QueueFull(int limit, boolean ofOwner) implements Admission {}
}
