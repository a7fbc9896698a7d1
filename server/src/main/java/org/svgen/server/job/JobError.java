package org.svgen.server.job;

import java.util.Objects;

/**
 * Why a job failed.
 *
 * @param code for programs
 * @param message for people, on one line
 */
public record JobError(String code, String message) {
    /** Somebody cancelled it. */
    public static final String CANCELLED = "cancelled";

    /** The service died too often while it ran. */
    public static final String CRASH_LOOP = "crash_loop";

    /** Checks that both are there. */
    public JobError {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }

    /** {@return that somebody cancelled it} */
    public static JobError cancelled() {
        return new JobError(CANCELLED, "the job was cancelled");
    }
}
