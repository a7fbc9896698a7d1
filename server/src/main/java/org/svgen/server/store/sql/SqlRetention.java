package org.svgen.server.store.sql;

import java.util.List;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.Retention;

/** Old jobs, by the table of jobs. */
final class SqlRetention implements Retention {
    private static final String WITH_FILES = "state = 'completed' AND gone = 0";

    private final Database database;

    SqlRetention(Database database) {
        this.database = database;
    }

    @Override
    public List<Job> expired(long millis, int limit) {
        return database.read(tx ->
                tx.rows(
                        "SELECT * FROM job WHERE %s AND expires_at <= ? ORDER BY expires_at, seq LIMIT ?"
                                .formatted(WITH_FILES),
                        Jobs::read,
                        Math.min(millis, tx.now()),
                        limit));
    }

    @Override
    public List<Job> oldestContent(int limit) {
        return database.read(tx ->
                tx.rows(
                        "SELECT * FROM job WHERE %s ORDER BY finished_at, seq LIMIT ?"
                                .formatted(WITH_FILES),
                        Jobs::read,
                        limit));
    }

    @Override
    public long contentBytes() {
        return database.read(
                tx -> tx.number("SELECT SUM(bytes) AS n FROM job WHERE " + WITH_FILES));
    }

    @Override
    public boolean contentGone(JobId id) {
        return database.write(tx -> {
            int rows = tx.update("UPDATE job SET gone = 1 WHERE id = ? AND " + WITH_FILES, id);
            if (rows == 1) {
                tx.changed(id);
            }
            return rows == 1;
        });
    }

    @Override
    public List<Job> endedBefore(long millis, int limit) {
        return database.read(tx ->
                tx.rows(
                        "SELECT * FROM job WHERE finished_at < ? ORDER BY finished_at, seq LIMIT ?",
                        Jobs::read,
                        millis,
                        limit));
    }
}
