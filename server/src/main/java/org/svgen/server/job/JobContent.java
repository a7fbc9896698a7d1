package org.svgen.server.job;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What came of a job.
 *
 * @param outcome what workers noted of it, by the names that clients read: {@code stage_durations},
 *     {@code inference_time_s}, {@code peak_memory_mb}, {@code quality} ...; values as JSON has
 *     them
 * @param warnings what was left out, changed or started again
 * @param bytes of its files; 0 before it is completed
 * @param gone true once its files were removed and only its record is kept
 */
public record JobContent(
        Map<String, Object> outcome, List<String> warnings, long bytes, boolean gone) {
    /** Copies the collections. */
    public JobContent {
        outcome = Ordered.copy(Objects.requireNonNull(outcome, "outcome"));
        warnings = List.copyOf(Objects.requireNonNull(warnings, "warnings"));
    }
}
