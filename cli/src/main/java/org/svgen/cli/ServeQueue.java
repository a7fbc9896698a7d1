package org.svgen.cli;

import java.time.Duration;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import picocli.CommandLine.Option;

/** How a service goes about its jobs. */
final class ServeQueue {
    private static final Field CHECKPOINT_EVERY = new Field("checkpointEvery");
    private static final Field LEASE = new Field("lease");
    private static final Duration LEAST_LEASE = Duration.ofSeconds(2);

    @Option(
            names = "--queue-limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Refuse requests while so many wait. Default: ${DEFAULT-VALUE}.")
    int limit;

    @Option(
            names = "--queue-limit-per-key",
            paramLabel = "N",
            description =
                    "Refuse requests of a key while so many of its own wait. Default: the whole queue.")
    int limitPerKey;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "TIME",
            defaultValue = "10s",
            description =
                    "Keep how far a run is about so often, such as 10s or 2m, so that a run that is"
                            + " killed goes on from there; 0s keeps each step. Default:"
                            + " ${DEFAULT-VALUE}.")
    String checkpointEvery = "10s";

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            defaultValue = "60s",
            description =
                    "With a shared --store: give a job to another service where nobody has heard of its"
                            + " own for so long. Default: ${DEFAULT-VALUE}.")
    String lease = "60s";

    /**
     * @throws BadInputException naming the option that is wrong
     */
    void check() {
        requireCount("--queue-limit", limit);
        requireCount("--queue-limit-per-key", perKey());
        checkpointEvery();
        lease();
    }

    private static void requireCount(String option, int count) {
        if (count < 1) {
            throw new BadInputException(
                    "%s: expected 1 or more, found %d".formatted(option, count));
        }
    }

    int perKey() {
        return limitPerKey == 0 ? limit : limitPerKey;
    }

    Duration lease() {
        Duration time = TimeSpans.parse(LEASE, lease);
        if (time.compareTo(LEAST_LEASE) < 0) {
            throw BadInputException.of(LEASE, "2s or more", lease);
        }
        return time;
    }

    Duration checkpointEvery() {
        return TimeSpans.parse(CHECKPOINT_EVERY, checkpointEvery);
    }
}
