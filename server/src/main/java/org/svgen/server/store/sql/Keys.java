package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Idempotency;

/** Keys of idempotency: kept as long as their jobs, and a day at least. */
final class Keys {
    private static final long DAY = Duration.ofDays(1).toMillis();

    private record First(String bodyHash, JobId job) {}

    private Keys() {}

    /** What became of the first request with the key; none if this is the first. */
    static Optional<Admission> answered(Tx tx, String owner, Idempotency sent) throws SQLException {
        tx.update("DELETE FROM idempotency_key WHERE free_at <= ?", tx.now());
        Optional<First> first =
                tx.row(
                        "SELECT body_hash, job_id FROM idempotency_key WHERE owner = ? AND key = ?",
                        row -> new First(row.text("body_hash"), new JobId(row.text("job_id"))),
                        owner,
                        sent.key());
        if (first.isEmpty()) {
            return Optional.empty();
        }
        if (!first.get().bodyHash().equals(sent.bodyHash())) {
            return Optional.of(new Admission.KeyReused());
        }
        Optional<Job> job = Jobs.find(tx, first.get().job());
        return Optional.of(
                job.isPresent()
                        ? new Admission.Replayed(job.get())
                        : new Admission.Deleted(first.get().job()));
    }

    static void add(Tx tx, String owner, Idempotency sent, JobId job) throws SQLException {
        tx.update(
                "INSERT INTO idempotency_key (owner, key, body_hash, job_id, taken_at)"
                        + " VALUES (?, ?, ?, ?, ?)",
                owner,
                sent.key(),
                sent.bodyHash(),
                job,
                tx.now());
    }

    /** The job is deleted: its key is free once its day is over. */
    static void deleted(Tx tx, JobId job) throws SQLException {
        tx.update("UPDATE idempotency_key SET free_at = taken_at + ? WHERE job_id = ?", DAY, job);
    }
}
