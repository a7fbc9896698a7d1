package org.svgen.lab.study;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** How long runs take, by method, and so the rest of a study. */
final class Pace {
    private final Map<String, Double> seconds = new HashMap<>();
    private final Map<String, Integer> runs = new HashMap<>();

    /**
     * @param wall seconds of a run, with all that belongs to it
     */
    void add(String method, double wall) {
        seconds.merge(method, wall, Double::sum);
        runs.merge(method, 1, Integer::sum);
    }

    /**
     * About how long so many runs take; a method that has not run takes as long as others.
     *
     * @param left runs that are to come, by method
     */
    OptionalDouble secondsFor(Map<String, Integer> left) {
        int measured = runs.values().stream().mapToInt(Integer::intValue).sum();
        if (measured == 0) {
            return OptionalDouble.empty();
        }
        double mean = seconds.values().stream().mapToDouble(Double::doubleValue).sum() / measured;
        double sum = 0;
        for (Map.Entry<String, Integer> e : left.entrySet()) {
            Integer known = runs.get(e.getKey());
            double each = known == null ? mean : seconds.getOrDefault(e.getKey(), mean) / known;
            sum += e.getValue() * each;
        }
        return OptionalDouble.of(sum);
    }
}
