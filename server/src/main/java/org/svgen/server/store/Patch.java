package org.svgen.server.store;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.svgen.server.job.JobId;

/**
 * What changes of a job that waits.
 *
 * @param priority -10 to 10; not together with a move
 * @param move to another place
 * @param metadata in place of all that it had
 */
public record Patch(
        OptionalInt priority, Optional<Move> move, Optional<Map<String, String>> metadata) {
    /** Checks that a move, which brings a priority, comes without another. */
    public Patch {
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(move, "move");
        Objects.requireNonNull(metadata, "metadata");
        if (priority.isPresent() && move.isPresent()) {
            throw new IllegalArgumentException("a priority or a move");
        }
    }

    /**
     * To the place directly before or behind another job that waits. The job gets the other's
     * priority and waiting time, so that it stays there.
     *
     * @param other which one
     * @param before true for before it
     */
    public record Move(JobId other, boolean before) {
        /** Checks that it is there. */
        public Move {
            Objects.requireNonNull(other, "other");
        }
    }
}
