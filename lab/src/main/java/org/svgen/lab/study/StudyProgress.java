package org.svgen.lab.study;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How far a study is.
 *
 * @param done runs that are done
 * @param runs of the whole study
 * @param secondsLeft about how long the rest takes; empty until a run was measured
 */
public record StudyProgress(int done, int runs, OptionalDouble secondsLeft) {
    /** Checks that nothing is null. */
    public StudyProgress {
        Objects.requireNonNull(secondsLeft, "secondsLeft");
    }
}
