package org.svgen.server.store;

import java.util.Locale;

/** How a job went on whose worker was lost. */
public enum Recovery {
    /** From its checkpoint. */
    RESUMED,
    /** From its first step. */
    RESTARTED,
    /** Not at all: it failed, with {@link org.svgen.server.job.JobError#CRASH_LOOP}. */
    QUARANTINED;

    /** {@return as metrics call it} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
