package org.svgen.server.store;

import java.util.Map;
import java.util.Objects;

/**
 * What has happened since the store was made. Neither a restart nor a delete lowers a number.
 *
 * @param accepted jobs, by model
 * @param ended jobs, by model and outcome
 * @param recovered by how jobs went on whose workers were lost
 * @param deliveries of news, by {@code delivered}, {@code retried}, {@code dropped}
 */
public record Totals(
        Map<String, Long> accepted,
        Map<Ended, Long> ended,
        Map<Recovery, Long> recovered,
        Map<String, Long> deliveries) {
    /** Copies the maps. */
    public Totals {
        accepted = Map.copyOf(Objects.requireNonNull(accepted, "accepted"));
        ended = Map.copyOf(Objects.requireNonNull(ended, "ended"));
        recovered = Map.copyOf(Objects.requireNonNull(recovered, "recovered"));
        deliveries = Map.copyOf(Objects.requireNonNull(deliveries, "deliveries"));
    }

    /**
     * How jobs of a model ended.
     *
     * @param model name of the model
     * @param outcome {@code completed}, {@code failed} or {@code cancelled}; a job that was deleted
     *     before its end counts as cancelled
     */
    public record Ended(String model, String outcome) {
        /** Checks that both are there. */
        public Ended {
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(outcome, "outcome");
        }
    }
}
