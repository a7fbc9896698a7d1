package org.svgen.server.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** When news that did not arrive are sent again: seven times, within about a day and a half. */
final class Schedule {
    private static final List<Duration> WAITS =
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(8),
                    Duration.ofHours(24));

    /** So that receivers that come back are not called by all at the same moment. */
    private static final double JITTER = 0.2;

    private final DoubleSupplier random;

    /**
     * @param random from 0 to 1
     */
    Schedule(DoubleSupplier random) {
        this.random = random;
    }

    /** How long to wait; none if it was tried often enough. */
    Optional<Duration> next(int attempts) {
        if (attempts >= WAITS.size()) {
            return Optional.empty();
        }
        double factor = 1 + JITTER * random.getAsDouble();
        return Optional.of(Duration.ofMillis(Math.round(WAITS.get(attempts).toMillis() * factor)));
    }
}
