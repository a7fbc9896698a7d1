package org.svgen.server.store;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;

/**
 * Which page of the jobs, in the order of their arrival.
 *
 * @param filter which of them
 * @param after the job that the page begins behind; none for the first page
 * @param limit most jobs of the page
 * @param ascending true if the oldest comes first
 */
public record JobQuery(Filter filter, Optional<JobId> after, int limit, boolean ascending) {
    /** Checks that none is null. */
    public JobQuery {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(after, "after");
    }

    /**
     * Which jobs; what is empty lets all pass.
     *
     * @param owner whose
     * @param states in which they are
     * @param model that they are of
     * @param text that the prompt holds, in capitals or not
     * @param recipeHash that they have
     */
    public record Filter(
            Optional<String> owner,
            Set<JobState> states,
            Optional<String> model,
            Optional<String> text,
            Optional<String> recipeHash) {
        /** Checks that none is null. */
        public Filter {
            Objects.requireNonNull(owner, "owner");
            states = Set.copyOf(Objects.requireNonNull(states, "states"));
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(recipeHash, "recipeHash");
        }

        /**
         * {@return all jobs of an owner}
         *
         * @param owner whose; none for those of all
         */
        public static Filter of(Optional<String> owner) {
            return new Filter(
                    owner, Set.of(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }
}
