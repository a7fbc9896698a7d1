package org.svgen.server.job;

import java.util.Locale;

/** How far a job is. A job that was cancelled has failed, with {@link JobError#CANCELLED}. */
public enum JobState {
    /** Waits for a worker. */
    QUEUED,
    /** A worker has it. */
    IN_PROGRESS,
    /** Its video is there. Never changes again. */
    COMPLETED,
    /** There will be no video. Never changes again. */
    FAILED;

    /** {@return as clients read it: {@code in_progress}} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return true if it never changes again} */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED;
    }
}
