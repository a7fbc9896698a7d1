package org.svgen.lab.study;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a study does: each prompt with each seed by each method.
 *
 * @param title for people
 * @param model which model, and on what
 * @param prompts what the videos show
 * @param seeds of the noise
 * @param settings that all methods share
 * @param arms the methods: the reference first, then the floor if there is one, then the others
 * @param extras what else is to be done
 */
public record Study(
        String title,
        ModelChoice model,
        PromptChoice prompts,
        List<Long> seeds,
        Settings settings,
        List<Arm> arms,
        Extras extras) {
    /** Keeps copies. */
    public Study {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(prompts, "prompts");
        Objects.requireNonNull(seeds, "seeds");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(arms, "arms");
        Objects.requireNonNull(extras, "extras");
        seeds = List.copyOf(seeds);
        arms = List.copyOf(arms);
    }

    /**
     * What a study does beside its runs.
     *
     * @param lpipsWeights with which LPIPS is measured too
     * @param keepVideos whether the videos stay
     * @param warmUp whether short runs come first, so that no time of the JIT is measured
     */
    public record Extras(Optional<String> lpipsWeights, boolean keepVideos, boolean warmUp) {
        /** Checks that nothing is null. */
        public Extras {
            Objects.requireNonNull(lpipsWeights, "lpipsWeights");
        }
    }

    /**
     * {@return the same with another model or device}
     *
     * @param other which model, and on what
     */
    public Study withModel(ModelChoice other) {
        return new Study(title, other, prompts, seeds, settings, arms, extras);
    }

    /**
     * {@return the same, with LPIPS}
     *
     * @param weights file with which LPIPS is measured
     */
    public Study withLpips(String weights) {
        Objects.requireNonNull(weights, "weights");
        Extras more = new Extras(Optional.of(weights), extras.keepVideos(), extras.warmUp());
        return new Study(title, model, prompts, seeds, settings, arms, more);
    }
}
