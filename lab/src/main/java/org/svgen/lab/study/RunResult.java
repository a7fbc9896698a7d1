package org.svgen.lab.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One video of a study.
 *
 * @param method name of the method that made it
 * @param prompt index among the study's prompts, from 0
 * @param seed of its noise
 * @param seconds wall-clock time of the whole run, without writing anything
 * @param denoisingSeconds of them in the denoiser
 * @param density kept fraction of query-key pairs over all attention calls, counted
 * @param steps denoising steps
 * @param measures how close it is to the reference of the same prompt and seed, by the measure's
 *     key: positive infinity where nothing differs; without those that cannot be taken; empty for
 *     the reference itself
 * @param others more numbers that the run reported, by names in snake_case
 * @param pictures names of PNG files, relative to the study's folder
 */
public record RunResult(
        String method,
        int prompt,
        long seed,
        double seconds,
        double denoisingSeconds,
        double density,
        List<StepResult> steps,
        Map<String, Double> measures,
        Map<String, Double> others,
        Map<Picture, String> pictures) {
    /** Keeps copies. */
    public RunResult {
        Objects.requireNonNull(method, "method");
        steps = List.copyOf(Objects.requireNonNull(steps, "steps"));
        measures = copy(Objects.requireNonNull(measures, "measures"));
        others = copy(Objects.requireNonNull(others, "others"));
        pictures = copy(Objects.requireNonNull(pictures, "pictures"));
    }

    private static <K, V> Map<K, V> copy(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
