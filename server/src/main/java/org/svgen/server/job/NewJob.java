package org.svgen.server.job;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A job that is to be taken.
 *
 * @param id a new one, under which its pictures are kept already
 * @param request what is asked for
 * @param priority -10 to 10; higher goes first
 * @param metadata up to 16 texts of the client's own
 * @param warnings what was left out or changed
 */
public record NewJob(
        JobId id,
        JobRequest request,
        int priority,
        Map<String, String> metadata,
        List<String> warnings) {
    /** Copies the collections. */
    public NewJob {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(request, "request");
        metadata = Ordered.copy(Objects.requireNonNull(metadata, "metadata"));
        warnings = List.copyOf(Objects.requireNonNull(warnings, "warnings"));
    }
}
