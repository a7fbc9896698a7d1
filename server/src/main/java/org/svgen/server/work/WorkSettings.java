package org.svgen.server.work;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How workers go about it.
 *
 * @param name of this process among those that share the store
 * @param lease how long a job stays with a worker that nobody hears of
 * @param checkpointEvery how often a run keeps how far it is
 * @param memoryLimit bytes of a device to use at most
 * @param keepMillis how long videos are kept; none for always
 */
public record WorkSettings(
        String name,
        Duration lease,
        Duration checkpointEvery,
        long memoryLimit,
        OptionalLong keepMillis) {
    /** As long as a job stays with a worker that nobody hears of. */
    public static final Duration LEASE = Duration.ofSeconds(60);

    /** As often as a run keeps how far it is. */
    public static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(10);

    /** Checks that all are there. */
    public WorkSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(checkpointEvery, "checkpointEvery");
        Objects.requireNonNull(keepMillis, "keepMillis");
    }
}
