package org.svgen.server.job;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A job as it was at one moment.
 *
 * @param id its name
 * @param sequence grows with arrival; no two are equal
 * @param request what was asked for
 * @param state how far it is
 * @param error why it failed; there if and only if it has
 * @param priority -10 to 10
 * @param metadata up to 16 texts of the client's own
 * @param times when what happened
 * @param run how it is run
 * @param content what came of it
 */
public record Job(
        JobId id,
        long sequence,
        JobRequest request,
        JobState state,
        Optional<JobError> error,
        int priority,
        Map<String, String> metadata,
        JobTimes times,
        JobRun run,
        JobContent content) {
    /** Checks that an error is there where one belongs. */
    public Job {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(error, "error");
        metadata = Ordered.copy(Objects.requireNonNull(metadata, "metadata"));
        Objects.requireNonNull(times, "times");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(content, "content");
        if (error.isPresent() != (state == JobState.FAILED)) {
            throw new IllegalArgumentException("%s with error %s".formatted(state, error));
        }
    }

    /** {@return name of the key that asked; empty where there are no keys} */
    public String owner() {
        return request.owner();
    }

    /** {@return name of the model} */
    public String model() {
        return request.model();
    }

    /** {@return what the video shows} */
    public String prompt() {
        return request.prompt();
    }

    /** {@return true if somebody cancelled it, and it has ended} */
    public boolean isCancelled() {
        return error.map(e -> e.code().equals(JobError.CANCELLED)).orElse(false);
    }

    /**
     * {@return the right by which it is run}
     *
     * @throws IllegalStateException if nobody runs it
     */
    public Claim claim() {
        return run.claim().orElseThrow(() -> new IllegalStateException("nobody runs " + id));
    }
}
