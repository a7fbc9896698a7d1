package org.svgen.server.store;

import java.util.List;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;

/** Which jobs are old enough to go. Files go first ({@link #contentGone}), records later. */
public interface Retention {
    /**
     * {@return jobs whose files are to go since their time is over, by the store's clock too,
     * longest over first}
     *
     * @param millis since 1970: now
     * @param limit most of them
     */
    List<Job> expired(long millis, int limit);

    /**
     * {@return completed jobs that still have their files, oldest first: those to go if space is
     * short}
     *
     * @param limit most of them
     */
    List<Job> oldestContent(int limit);

    /** {@return bytes of the files of all completed jobs that still have them} */
    long contentBytes();

    /**
     * The files of a completed job are about to be removed: from now on it says so.
     *
     * @param id of the job
     * @return false if there is no such job, or its files are gone already
     */
    boolean contentGone(JobId id);

    /**
     * {@return jobs that ended before then, oldest first}
     *
     * @param millis since 1970
     * @param limit most of them
     */
    List<Job> endedBefore(long millis, int limit);
}
