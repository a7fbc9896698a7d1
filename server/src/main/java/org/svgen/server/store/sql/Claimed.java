package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.Requeue;

/** What workers say of the jobs that they hold. Without a claim that holds, nothing is written. */
final class Claimed {
    /** So often a job may be started without coming further. */
    static final int STARTS = 3;

    private static final JobError CANCELLED = JobError.cancelled();

    private Claimed() {}

    static Optional<Job> heartbeat(Tx tx, Claim claim, Duration lease) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isEmpty()) {
            return job;
        }
        tx.update(
                "UPDATE job SET lease_until = ? WHERE seq = ?",
                tx.now() + lease.toMillis(),
                job.get().sequence());
        return Jobs.find(tx, claim.job());
    }

    static Optional<Job> checkpointed(Tx tx, Claim claim, int step) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isEmpty()) {
            return job;
        }
        boolean further = step > job.get().run().checkpointStep().orElse(-1);
        tx.update(
                "UPDATE job SET checkpoint_step = ?, starts = ? WHERE seq = ?",
                step,
                further ? 0 : job.get().run().startsSinceCheckpoint(),
                job.get().sequence());
        return Jobs.find(tx, claim.job());
    }

    static Optional<Job> note(Tx tx, Claim claim, Map<String, Object> outcome) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        return job.isEmpty()
                ? job
                : Optional.of(
                        Changes.set(
                                tx,
                                job.get(),
                                "outcome",
                                Json.of(Changes.merged(job.get(), outcome))));
    }

    static Optional<Job> warn(Tx tx, Claim claim, String warning) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isEmpty()) {
            return job;
        }
        List<String> warnings = Changes.with(job.get().content().warnings(), warning);
        return Optional.of(Changes.set(tx, job.get(), "warnings", Json.of(warnings)));
    }

    /** One that begins again has no checkpoint any more. */
    static boolean recovered(Tx tx, Claim claim, Recovery how) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isPresent()) {
            if (how == Recovery.RESTARTED) {
                tx.update(
                        "UPDATE job SET checkpoint_step = NULL WHERE seq = ?",
                        job.get().sequence());
            }
            Totalled.recovered(tx, how);
        }
        return job.isPresent();
    }

    static Optional<Job> complete(Tx tx, Claim claim, Completion completion) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isEmpty()) {
            return Jobs.endedBy(tx, claim);
        }
        return Optional.of(
                job.get().run().cancelRequested()
                        ? Endings.fail(tx, job.get(), CANCELLED)
                        : Endings.complete(tx, job.get(), completion));
    }

    static Optional<Job> fail(Tx tx, Claim claim, JobError error) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isEmpty()) {
            return Jobs.endedBy(tx, claim);
        }
        boolean cancelled = job.get().run().cancelRequested();
        return Optional.of(Endings.fail(tx, job.get(), cancelled ? CANCELLED : error));
    }

    static Optional<Job> requeue(Tx tx, Claim claim, Requeue why) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, claim);
        if (job.isEmpty()) {
            return job;
        }
        int starts = job.get().run().startsSinceCheckpoint();
        return Optional.of(
                givenBack(
                        tx,
                        job.get(),
                        switch (why) {
                            case STOPPED -> Math.max(0, starts - 1);
                            case RETRY -> starts;
                        }));
    }

    /**
     * The job, which is locked and in progress, waits again, or has failed if it must.
     *
     * @param starts without a new checkpoint that count against it
     */
    static Job givenBack(Tx tx, Job job, int starts) throws SQLException {
        if (job.run().cancelRequested()) {
            return Endings.fail(tx, job, CANCELLED);
        }
        if (starts >= STARTS) {
            Totalled.recovered(tx, Recovery.QUARANTINED);
            String message =
                    "it was started %d times and never came to a new checkpoint".formatted(starts);
            return Endings.fail(tx, job, new JobError(JobError.CRASH_LOOP, message));
        }
        Changes.one(
                tx.update(
                        "UPDATE job SET state = ?, worker = NULL, session = NULL,"
                                + " lease_until = NULL, starts = ?"
                                + " WHERE seq = ? AND state = ? AND fence = ?",
                        JobState.QUEUED.word(),
                        starts,
                        job.sequence(),
                        JobState.IN_PROGRESS.word(),
                        job.claim().fence()),
                job);
        Job waiting = Jobs.again(tx, job.id());
        Events.add(tx, waiting);
        return waiting;
    }
}
