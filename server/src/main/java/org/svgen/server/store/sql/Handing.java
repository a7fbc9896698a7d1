package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobState;

/** Hands out jobs. */
final class Handing {
    private static final String QUEUED = JobState.QUEUED.word();
    private static final String PAUSED = "paused";

    private Handing() {}

    static Optional<Job> claim(Tx tx, String worker, Set<String> models, Duration lease)
            throws SQLException {
        if (models.isEmpty() || isPaused(tx)) {
            return Optional.empty();
        }
        List<Object> arguments = new ArrayList<>(List.of(QUEUED));
        arguments.addAll(models);
        Collections.addAll(arguments, tx.now(), tx.now());
        Optional<Job> next =
                tx.row(
                        "SELECT job.* FROM job WHERE state = ? AND model IN (%s) ORDER BY %s LIMIT 1%s"
                                .formatted(
                                        marks(models),
                                        Order.by("job"),
                                        tx.dialect().forUpdateOfFree()),
                        Jobs::read,
                        arguments.toArray());
        return next.isEmpty()
                ? Optional.empty()
                : Optional.of(given(tx, next.get(), worker, lease));
    }

    /** The start is counted before there is a run that could take the process down. */
    private static Job given(Tx tx, Job job, String worker, Duration lease) throws SQLException {
        long now = tx.now();
        Changes.one(
                tx.update(
                        "UPDATE job SET state = ?, worker = ?, session = ?, lease_until = ?,"
                                + " fence = fence + 1, attempts = attempts + 1,"
                                + " starts = starts + 1, started_at = COALESCE(started_at, ?)"
                                + " WHERE seq = ? AND state = ?",
                        JobState.IN_PROGRESS.word(),
                        worker,
                        tx.dialect().session(),
                        now + lease.toMillis(),
                        Math.max(now, job.times().created()),
                        job.sequence(),
                        QUEUED),
                job);
        Job given = Jobs.again(tx, job.id());
        Events.add(tx, given);
        return given;
    }

    static boolean isWork(Tx tx, Set<String> models) throws SQLException {
        if (models.isEmpty() || isPaused(tx)) {
            return false;
        }
        List<Object> arguments = new ArrayList<>(List.of(QUEUED));
        arguments.addAll(models);
        return tx.row(
                        "SELECT seq FROM job WHERE state = ? AND model IN (%s) LIMIT 1"
                                .formatted(marks(models)),
                        row -> row.number("seq"),
                        arguments.toArray())
                .isPresent();
    }

    private static String marks(Set<String> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    static boolean isPaused(Tx tx) throws SQLException {
        return tx.number("SELECT value AS n FROM setting WHERE name = ?", PAUSED) != 0;
    }

    static void pause(Tx tx, boolean paused) throws SQLException {
        tx.update(
                "INSERT INTO setting (name, value) VALUES (?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                PAUSED,
                paused);
    }
}
