package org.svgen.resume;

import java.time.Duration;
import java.util.Objects;

/**
 * How often a checkpoint is written.
 *
 * @param steps after how many steps at the earliest
 * @param least after how much time at the earliest
 * @param share of the time that writing may take
 */
public record Pace(int steps, Duration least, double share) {
    /** Every ten seconds, or after each step where steps take longer; 1 % of the time at most. */
    public static final Pace USUAL = new Pace(1, Duration.ofSeconds(10), 0.01);

    /** After each step, whatever it costs. */
    public static final Pace EACH_STEP = new Pace(1, Duration.ZERO, Double.POSITIVE_INFINITY);

    /** Checks the numbers. */
    public Pace {
        Objects.requireNonNull(least, "least");
        if (steps < 1 || least.isNegative() || !(share > 0)) {
            throw new IllegalArgumentException(
                    "expected 1 step or more, no negative time and a share above 0, found %d, %s, %s"
                            .formatted(steps, least, share));
        }
    }

    /**
     * {@return whether a checkpoint is due}
     *
     * @param stepsSince the last one
     * @param nanosSince the last one
     * @param writeNanos how long it will take to write
     */
    boolean due(int stepsSince, long nanosSince, double writeNanos) {
        return stepsSince >= steps
                && nanosSince >= least.toNanos()
                && nanosSince >= writeNanos / share;
    }
}
