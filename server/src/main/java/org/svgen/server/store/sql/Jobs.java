package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobContent;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.JobRun;
import org.svgen.server.job.JobState;
import org.svgen.server.job.JobTimes;

/** Rows of the table of jobs. */
final class Jobs {
    private Jobs() {}

    static Optional<Job> find(Tx tx, JobId id) throws SQLException {
        return tx.row("SELECT * FROM job WHERE id = ?", Jobs::read, id);
    }

    /** The same, and nobody else changes it until the transaction ends. */
    static Optional<Job> lock(Tx tx, JobId id) throws SQLException {
        return tx.row("SELECT * FROM job WHERE id = ?" + tx.dialect().forUpdate(), Jobs::read, id);
    }

    /** The job that the claim is for, if it still holds; locked. */
    static Optional<Job> lock(Tx tx, Claim claim) throws SQLException {
        return lock(tx, claim.job()).filter(job -> job.run().claim().equals(Optional.of(claim)));
    }

    /** The job if it has ended and this was its last claim: whoever asks twice gets one answer. */
    static Optional<Job> endedBy(Tx tx, Claim claim) throws SQLException {
        return tx.row(
                "SELECT * FROM job WHERE id = ? AND fence = ? AND finished_at IS NOT NULL",
                Jobs::read,
                claim.job(),
                claim.fence());
    }

    /** After a change. */
    static Job again(Tx tx, JobId id) throws SQLException {
        return find(tx, id).orElseThrow(() -> new IllegalStateException("no job " + id));
    }

    static JobState state(String word) {
        return JobState.valueOf(word.toUpperCase(Locale.ROOT));
    }

    static Job read(Row row) throws SQLException {
        JobId id = new JobId(row.text("id"));
        Optional<String> code = row.optionalText("error_code");
        String message = row.optionalText("error_message").orElse("");
        return new Job(
                id,
                row.number("seq"),
                request(row),
                state(row.text("state")),
                code.map(c -> new JobError(c, message)),
                row.count("priority"),
                Json.texts(row.text("metadata")),
                new JobTimes(
                        row.number("created_at"),
                        row.optionalNumber("started_at"),
                        row.optionalNumber("finished_at"),
                        row.optionalNumber("expires_at")),
                run(row, id),
                content(row));
    }

    private static JobRequest request(Row row) throws SQLException {
        return new JobRequest(
                row.text("owner"),
                row.text("model"),
                Json.values(row.text("settings")),
                Json.texts(row.text("inputs")),
                new JobRequest.Links(
                        row.optionalText("remixed_from").map(JobId::new),
                        row.optionalText("webhook_url"),
                        row.optionalText("recipe_hash"),
                        row.optionalText("traceparent")));
    }

    private static JobRun run(Row row, JobId id) throws SQLException {
        long fence = row.number("fence");
        return new JobRun(
                row.count("attempts"),
                row.count("starts"),
                row.optionalText("worker").map(worker -> new Claim(id, worker, fence)),
                row.optionalNumber("lease_until"),
                row.optionalCount("checkpoint_step"),
                row.flag("cancel"));
    }

    private static JobContent content(Row row) throws SQLException {
        List<String> warnings = Json.lines(row.text("warnings"));
        return new JobContent(
                Json.values(row.text("outcome")), warnings, row.number("bytes"), row.flag("gone"));
    }
}
