package org.svgen.hub;

import java.time.Duration;
import java.util.Objects;

/**
 * How long to wait for others, and how often to ask them again.
 *
 * @param attempts how often in a row something may fail before we give up
 * @param pause before the second attempt; each further pause is twice as long
 * @param silence how long to wait for an answer, or for the next bytes of one
 * @param answer how long a whole small answer may take, from the question to its last byte
 * @param bytesPerSecond what a transfer must bring on average while we wait {@code silence}; less
 *     counts as silence
 */
public record Patience(
        int attempts, Duration pause, Duration silence, Duration answer, long bytesPerSecond) {
    /** Checks that nothing is null that must be there. */
    public Patience {
        Objects.requireNonNull(pause, "pause");
        Objects.requireNonNull(silence, "silence");
        Objects.requireNonNull(answer, "answer");
    }

    private static final int ATTEMPTS = 6;
    private static final int PAUSE_SECONDS = 1;
    private static final int SILENCE_SECONDS = 20;
    private static final int ANSWER_SECONDS = 60;
    private static final long BYTES_PER_SECOND = 1000;

    /** What people and slow lines can live with. */
    static final Patience USUAL =
            new Patience(
                    ATTEMPTS,
                    Duration.ofSeconds(PAUSE_SECONDS),
                    Duration.ofSeconds(SILENCE_SECONDS),
                    Duration.ofSeconds(ANSWER_SECONDS),
                    BYTES_PER_SECOND);

    /** The longest that a whole answer of {@code bytes} may take. */
    Duration forWhole(long bytes) {
        return answer.plusSeconds(bytes / Math.max(1, bytesPerSecond));
    }
}
