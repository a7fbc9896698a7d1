package org.svgen.server.store;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a worker says of a job that it completed. Its files are in their places already.
 *
 * @param outcome added to what was noted before
 * @param bytes of its files
 * @param keepMillis how long they are kept; none for always
 */
public record Completion(Map<String, Object> outcome, long bytes, OptionalLong keepMillis) {
    /** Checks that none is null. */
    public Completion {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(keepMillis, "keepMillis");
    }
}
