package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.Delivery;
import org.svgen.server.store.Outbox;

/** News that are to be sent, as rows of a table. */
final class SqlOutbox implements Outbox {
    private final Database database;

    SqlOutbox(Database database) {
        this.database = database;
    }

    /** The job has ended; whoever wants to hear of it will. */
    static void add(Tx tx, Job job) throws SQLException {
        if (job.request().links().webhookUrl().isPresent()) {
            tx.update(
                    "INSERT INTO outbox (id, job_id, state, url, at, attempts, scheduled_at, due_at)"
                            + " VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
                    "msg_" + UUID.randomUUID().toString().replace("-", ""),
                    job.id(),
                    job.state().word(),
                    job.request().links().webhookUrl(),
                    job.times().finished(),
                    tx.now(),
                    tx.now());
        }
    }

    @Override
    public List<Delivery> take(int limit, Duration lease) {
        return database.write(tx -> {
            List<Delivery> due =
                    tx.rows(
                            "SELECT * FROM outbox WHERE due_at <= ? OR scheduled_at > ?"
                                    + " ORDER BY due_at, id LIMIT ?"
                                    + tx.dialect().forUpdateOfFree(),
                            SqlOutbox::read,
                            tx.now(),
                            tx.now(),
                            limit);
            List<Delivery> taken = new ArrayList<>();
            for (Delivery delivery : due) {
                schedule(tx, delivery.id(), lease);
                taken.add(delivery);
            }
            return taken;
        });
    }

    private static int schedule(Tx tx, String id, Duration wait) throws SQLException {
        return tx.update(
                "UPDATE outbox SET scheduled_at = ?, due_at = ? WHERE id = ?",
                tx.now(),
                tx.now() + wait.toMillis(),
                id);
    }

    @Override
    public void delivered(String id) {
        forget(id, "delivered");
    }

    @Override
    public void retry(String id, Duration wait) {
        database.write(tx -> {
            int rows = schedule(tx, id, wait);
            if (rows == 1) {
                tx.update("UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", id);
                Totalled.delivery(tx, "retried");
            }
            return rows;
        });
    }

    @Override
    public void dropped(String id) {
        forget(id, "dropped");
    }

    private void forget(String id, String outcome) {
        database.write(tx -> {
            int rows = tx.update("DELETE FROM outbox WHERE id = ?", id);
            if (rows == 1) {
                Totalled.delivery(tx, outcome);
            }
            return rows;
        });
    }

    private static Delivery read(Row row) throws SQLException {
        return new Delivery(
                row.text("id"),
                new JobId(row.text("job_id")),
                Jobs.state(row.text("state")),
                row.text("url"),
                row.number("at"),
                row.count("attempts"));
    }
}
