package org.svgen.server.work;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What a run would take.
 *
 * @param feasible false if it finds no room on the device
 * @param reason why not; empty if it does
 * @param alternatives what would fit instead
 * @param tokens of the video in one attention call; 0 if it is not feasible
 * @param seconds how long it takes; none if nothing is known of this device yet
 * @param secondsLow at least
 * @param secondsHigh at most
 * @param peakMemoryBytes of the device
 * @param diskBytes of its files, at most
 * @param stages in their order, by names as JSON has them
 */
public record Foreseen(
        boolean feasible,
        String reason,
        List<Alternative> alternatives,
        long tokens,
        OptionalDouble seconds,
        OptionalDouble secondsLow,
        OptionalDouble secondsHigh,
        long peakMemoryBytes,
        long diskBytes,
        List<Map<String, Object>> stages) {
    /** Copies the lists. */
    public Foreseen {
        Objects.requireNonNull(reason, "reason");
        alternatives = List.copyOf(Objects.requireNonNull(alternatives, "alternatives"));
        Objects.requireNonNull(seconds, "seconds");
        Objects.requireNonNull(secondsLow, "secondsLow");
        Objects.requireNonNull(secondsHigh, "secondsHigh");
        stages =
                Objects.requireNonNull(stages, "stages").stream()
                        .map(stage -> Collections.unmodifiableMap(new LinkedHashMap<>(stage)))
                        .toList();
    }
}
