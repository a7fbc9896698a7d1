package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.JobState;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.QueueLimits;

/** Takes a job, or says why not. */
record Creation(NewJob job, Optional<Idempotency> idempotency, QueueLimits limits)
        implements Database.Work<Admission> {
    private static final String QUEUED = JobState.QUEUED.word();

    @Override
    public Admission run(Tx tx) throws SQLException {
        tx.inOrder(); // limits, keys and arrival are those of one queue
        String owner = job.request().owner();
        if (idempotency.isPresent()) {
            Optional<Admission> answered = Keys.answered(tx, owner, idempotency.get());
            if (answered.isPresent()) {
                return answered.get();
            }
        }
        if (waiting(tx, "") >= limits.all()) {
            return new Admission.QueueFull(limits.all(), false);
        }
        if (waiting(tx, " AND owner = ?", owner) >= limits.ofOwner()) {
            return new Admission.QueueFull(limits.ofOwner(), true);
        }
        insert(tx);
        if (idempotency.isPresent()) {
            Keys.add(tx, owner, idempotency.get(), job.id());
        }
        Job created = Jobs.again(tx, job.id());
        Events.add(tx, created);
        Totalled.accepted(tx, created.model());
        return new Admission.Accepted(created);
    }

    private static long waiting(Tx tx, String which, Object... arguments) throws SQLException {
        Object[] all = new Object[arguments.length + 1];
        all[0] = QUEUED;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return tx.number("SELECT COUNT(*) AS n FROM job WHERE state = ?" + which, all);
    }

    private void insert(Tx tx) throws SQLException {
        JobRequest request = job.request();
        JobRequest.Links links = request.links();
        tx.update(
                "INSERT INTO job (id, owner, model, settings, inputs, search, remixed_from,"
                        + " webhook_url, recipe_hash, traceparent, state, priority, place,"
                        + " waits_since, metadata, warnings, outcome, bytes, gone, created_at,"
                        + " attempts, starts, fence, cancel)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, '{}', 0, 0, ?,"
                        + " 0, 0, 0, 0)",
                job.id(),
                request.owner(),
                request.model(),
                Json.of(request.settings()),
                Json.of(request.inputs()),
                searched(request.prompt()),
                links.remixedFrom(),
                links.webhookUrl(),
                links.recipeHash(),
                links.traceparent(),
                QUEUED,
                job.priority(),
                tx.now(),
                Json.of(job.metadata()),
                Json.of(job.warnings()),
                tx.now());
        long sequence = tx.number("SELECT seq AS n FROM job WHERE id = ?", job.id());
        tx.update("UPDATE job SET place = ? WHERE seq = ?", sequence * Order.GAP, sequence);
    }

    /** As it is looked for: in small letters, and without a sign that databases refuse. */
    static String searched(String text) {
        return text.toLowerCase(Locale.ROOT).replace('\0', ' ');
    }
}
