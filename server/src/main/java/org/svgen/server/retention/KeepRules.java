package org.svgen.server.retention;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long videos are kept. Without either limit nothing goes.
 *
 * @param time after a job's end
 * @param bytes of all videos together; the oldest go first
 */
public record KeepRules(Optional<Duration> time, OptionalLong bytes) {
    /** How much longer than its video a record is kept. */
    static final Duration RECORDS = Duration.ofDays(30);

    /** Checks that none is null. */
    public KeepRules {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(bytes, "bytes");
    }

    /** {@return no limits} */
    public static KeepRules always() {
        return new KeepRules(Optional.empty(), OptionalLong.empty());
    }

    /** True if anything ever goes. */
    boolean limited() {
        return time.isPresent() || bytes.isPresent();
    }
}
