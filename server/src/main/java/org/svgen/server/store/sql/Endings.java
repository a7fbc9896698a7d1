package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Completion;

/** How jobs end, and what comes with that in the same transaction. */
final class Endings {
    private Endings() {}

    /** The job, which is locked, has failed. */
    static Job fail(Tx tx, Job job, JobError error) throws SQLException {
        return end(
                tx, job, JobState.FAILED, error, job.content().outcome(), 0, OptionalLong.empty());
    }

    /** The job, which is locked, is completed. */
    static Job complete(Tx tx, Job job, Completion completion) throws SQLException {
        return end(
                tx,
                job,
                JobState.COMPLETED,
                null,
                Changes.merged(job, completion.outcome()),
                completion.bytes(),
                completion.keepMillis());
    }

    private static Job end(
            Tx tx,
            Job job,
            JobState state,
            @Nullable JobError error,
            Map<String, Object> outcome,
            long bytes,
            OptionalLong keepMillis)
            throws SQLException {
        long begin = job.times().started().orElse(job.times().created());
        long finished = Math.max(begin, tx.now());
        int rows =
                tx.update(
                        "UPDATE job SET state = ?, error_code = ?, error_message = ?, outcome = ?,"
                                + " bytes = ?, finished_at = ?, expires_at = ?, worker = NULL,"
                                + " session = NULL, lease_until = NULL, cancel = 0"
                                + " WHERE seq = ? AND state = ? AND (worker IS NULL OR fence = ?)",
                        state.word(),
                        error == null ? null : error.code(),
                        error == null ? null : error.message(),
                        Json.of(outcome),
                        bytes,
                        finished,
                        keepMillis.isPresent()
                                ? OptionalLong.of(sum(finished, keepMillis.getAsLong()))
                                : keepMillis,
                        job.sequence(),
                        job.state().word(),
                        job.run().claim().map(Claim::fence).orElse(0L));
        Changes.one(rows, job);
        Job ended = Jobs.again(tx, job.id());
        Events.add(tx, ended);
        Totalled.ended(tx, ended);
        SqlOutbox.add(tx, ended);
        return ended;
    }

    private static long sum(long time, long millis) {
        return millis > Long.MAX_VALUE - time ? Long.MAX_VALUE : time + millis;
    }
}
