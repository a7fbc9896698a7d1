package org.svgen.lab.report;

import java.util.Map;
import java.util.Objects;
import org.svgen.lab.study.Method;
import org.svgen.lab.study.RunResult;

/**
 * What all methods made of one prompt and seed.
 *
 * @param number for people, from 1
 * @param runs by the method's name
 */
record Clip(int number, int prompt, long seed, Map<String, RunResult> runs) {
    RunResult of(Method method) {
        return Objects.requireNonNull(runs.get(method.name()), method.name());
    }
}
