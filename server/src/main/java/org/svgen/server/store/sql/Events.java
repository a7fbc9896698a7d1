package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;

/** That jobs came into states. */
final class Events {
    /** So many events of deleted jobs are kept at least. */
    private static final long DELETED_KEPT = 10_000;

    private Events() {}

    /** The job is in its state now. */
    static void add(Tx tx, Job job) throws SQLException {
        add(tx, job, Optional.of(job.state().word()));
    }

    /** The job is gone, and so are its events. */
    static void deleted(Tx tx, Job job) throws SQLException {
        tx.update("DELETE FROM event WHERE job_id = ?", job.id());
        add(tx, job, Optional.empty());
        tx.update(
                "DELETE FROM event WHERE state IS NULL AND id <= (SELECT MAX(id) FROM event) - ?",
                DELETED_KEPT);
    }

    private static void add(Tx tx, Job job, Optional<String> state) throws SQLException {
        tx.inOrder();
        tx.update(
                "INSERT INTO event (job_id, owner, state, at) VALUES (?, ?, ?, ?)",
                job.id(),
                job.owner(),
                state,
                tx.now());
        tx.changed(job.id());
    }

    static List<JobEvent> of(Tx tx, JobId job, long after) throws SQLException {
        return tx.rows(
                "SELECT * FROM event WHERE job_id = ? AND id > ? ORDER BY id",
                Events::read,
                job,
                after);
    }

    static List<JobEvent> ofAll(Tx tx, Optional<String> owner, long after, int limit)
            throws SQLException {
        return owner.isEmpty()
                ? tx.rows(
                        "SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?",
                        Events::read,
                        after,
                        limit)
                : tx.rows(
                        "SELECT * FROM event WHERE id > ? AND owner = ? ORDER BY id LIMIT ?",
                        Events::read,
                        after,
                        owner,
                        limit);
    }

    /** The newest number that was given out. */
    static long last(Tx tx) throws SQLException {
        return tx.number("SELECT MAX(id) AS n FROM event");
    }

    private static JobEvent read(Row row) throws SQLException {
        return new JobEvent(
                row.number("id"),
                new JobId(row.text("job_id")),
                row.text("owner"),
                row.optionalText("state").map(Jobs::state),
                row.number("at"));
    }
}
