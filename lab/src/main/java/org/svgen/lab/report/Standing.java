package org.svgen.lab.report;

import java.util.Map;
import java.util.Objects;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.Interval;
import org.svgen.lab.study.Method;

/**
 * How a method does, over all clips.
 *
 * @param index among the study's methods
 * @param means of the measures; empty for the reference
 * @param differences of paired clips to the baseline; empty for the baseline, the reference and the
 *     floor
 * @param seconds of a run
 * @param speed how many times as fast as the reference a run is
 * @param skipped steps of a run that reused an earlier result
 */
record Standing(
        Method method,
        int index,
        Map<Measure, Interval> means,
        Map<Measure, Interval> differences,
        Interval seconds,
        Interval speed,
        double denoisingSeconds,
        double density,
        double skipped) {
    String name() {
        return method.name();
    }

    double mean(Measure measure) {
        return Objects.requireNonNull(means.get(measure), measure.key()).estimate();
    }
}
