package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Patch;
import org.svgen.server.store.Patched;

/** Changes a job that waits. */
record Patching(JobId id, Patch patch) implements Database.Work<Patched> {
    private static final String IN_LINE = "state IN ('queued', 'in_progress')";

    /** How a job stands in the queue. */
    private record Standing(long sequence, int priority, long waitsSince, long place) {
        static Standing read(Row row) throws SQLException {
            return new Standing(
                    row.number("seq"),
                    row.count("priority"),
                    row.number("waits_since"),
                    row.number("place"));
        }
    }

    @Override
    public Patched run(Tx tx) throws SQLException {
        lockLine(tx);
        Optional<Job> job = Jobs.find(tx, id);
        if (job.isEmpty()) {
            return new Patched.NoSuchJob();
        }
        if (job.get().state() != JobState.QUEUED) {
            return new Patched.NotQueued(job.get());
        }
        if (patch.move().isPresent() && !move(tx, job.get(), patch.move().get())) {
            return new Patched.OtherNotQueued();
        }
        if (patch.priority().isPresent()) {
            Changes.set(tx, job.get(), "priority", patch.priority().getAsInt());
        }
        if (patch.metadata().isPresent()) {
            Changes.set(tx, job.get(), "metadata", Json.of(patch.metadata().get()));
        }
        tx.changed(id);
        return new Patched.Done(Jobs.again(tx, id));
    }

    /**
     * Jobs that wait, and those that run, which may wait again: their order depends on each other.
     * All lock them in the same order, or two would wait for each other.
     */
    private static void lockLine(Tx tx) throws SQLException {
        tx.rows(
                "SELECT seq FROM job WHERE %s ORDER BY seq%s"
                        .formatted(IN_LINE, tx.dialect().forUpdate()),
                row -> row.number("seq"));
    }

    /** False, and nothing done, if the other does not wait. */
    private static boolean move(Tx tx, Job job, Patch.Move move) throws SQLException {
        Optional<Standing> other = standing(tx, move.other());
        if (other.isEmpty() || move.other().equals(job.id())) {
            return false;
        }
        Optional<Long> place = placeBeside(tx, job, other.get(), move.before());
        if (place.isEmpty()) {
            spread(tx);
            Standing spread = standing(tx, move.other()).orElseThrow();
            place = placeBeside(tx, job, spread, move.before());
        }
        tx.update(
                "UPDATE job SET priority = ?, waits_since = ?, place = ? WHERE seq = ?",
                other.get().priority(),
                other.get().waitsSince(),
                place.orElseThrow(),
                job.sequence());
        return true;
    }

    private static Optional<Standing> standing(Tx tx, JobId id) throws SQLException {
        return tx.row(
                "SELECT seq, priority, waits_since, place FROM job WHERE id = ? AND state = ?",
                Standing::read,
                id,
                JobState.QUEUED.word());
    }

    /** A place between the other and its neighbour; none if there is no number left between. */
    private static Optional<Long> placeBeside(Tx tx, Job job, Standing other, boolean before)
            throws SQLException {
        long next =
                tx.row(
                                "SELECT %s AS n FROM job WHERE %s AND seq <> ? AND place %s ?"
                                        .formatted(
                                                before ? "MAX(place)" : "MIN(place)",
                                                IN_LINE,
                                                before ? "<" : ">"),
                                row -> row.optionalNumber("n"),
                                job.sequence(),
                                other.place())
                        .orElseThrow()
                        .orElse(before ? other.place() - Order.GAP : arrival(tx));
        long middle = Math.floorDiv(next + other.place(), 2);
        boolean between =
                before
                        ? next < middle && middle < other.place()
                        : other.place() < middle && middle < next;
        return between ? Optional.of(middle) : Optional.empty();
    }

    /** The least place that the next job to come can get. */
    private static long arrival(Tx tx) throws SQLException {
        return (tx.number("SELECT MAX(seq) AS n FROM job") + 1) * Order.GAP;
    }

    /** Gives all in line new places, far from each other, before those of jobs to come. */
    private static void spread(Tx tx) throws SQLException {
        List<Long> inOrder =
                tx.rows(
                        "SELECT seq FROM job WHERE %s ORDER BY place, seq".formatted(IN_LINE),
                        row -> row.number("seq"));
        for (int i = 0; i < inOrder.size(); i++) {
            tx.update(
                    "UPDATE job SET place = ? WHERE seq = ?", (i + 1) * Order.GAP, inOrder.get(i));
        }
    }
}
