package org.svgen.lab.study;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.svgen.pipeline.Plan;
import org.svgen.tensor.BadInputException;

/**
 * What a study would do.
 *
 * @param prompts number of prompts
 * @param seeds number of seeds
 * @param seconds about how long a run takes, by the names of the methods
 */
public record Outlook(int prompts, int seeds, Map<String, Double> seconds) {
    /** Checks that nothing is null. */
    public Outlook {
        Objects.requireNonNull(seconds, "seconds");
    }

    /**
     * Checks a study against its model, and asks how long its runs take.
     *
     * @param study what would be done
     * @param model on what
     * @param forecast seconds of a run by its plan
     * @return what the study would do
     * @throws BadInputException with the place in the study file, if the model cannot do one of the
     *     runs
     */
    public static Outlook of(Study study, StudyModel model, ToDoubleFunction<Plan> forecast) {
        Objects.requireNonNull(study, "study");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(forecast, "forecast");
        try (Arena arena = Arena.ofShared()) {
            StudyRequests requests = new StudyRequests(study, model.pipeline(), arena);
            Pair first = requests.pairs().getFirst();
            Map<String, Double> seconds = new LinkedHashMap<>();
            for (Arm arm : study.arms()) {
                Plan plan =
                        model.pipeline().plan(requests.request(arm, first), model.memoryLimit());
                seconds.put(arm.name(), forecast.applyAsDouble(plan));
            }
            return new Outlook(requests.prompts().size(), study.seeds().size(), seconds);
        }
    }

    /** {@return runs of the whole study} */
    public int runs() {
        return prompts * seeds * seconds.size();
    }

    /** {@return about how long all runs take} */
    public double allSeconds() {
        return prompts * seeds * seconds.values().stream().mapToDouble(s -> s).sum();
    }
}
