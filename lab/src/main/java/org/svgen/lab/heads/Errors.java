package org.svgen.lab.heads;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.svgen.pipeline.Report;

/**
 * How far attention was from dense attention.
 *
 * @param steps of each step; 0 where nothing was missed, or measured
 * @param layers of each layer; empty if nothing was measured
 * @param run of all; none if nothing was measured
 */
record Errors(List<Double> steps, List<Double> layers, OptionalDouble run) {
    static Errors of(Report report) {
        return new Errors(
                report.steps().stream().map(step -> step.error().orElse(0)).toList(),
                report.receipt().layers(),
                report.receipt().error());
    }

    /** Nothing was measured. */
    boolean isEmpty() {
        return run.isEmpty() || layers.isEmpty();
    }

    /** {@return the greatest of all, so that steps and layers are drawn to one scale} */
    double greatest() {
        return DoubleStream.concat(
                        steps.stream().mapToDouble(Double::doubleValue),
                        layers.stream().mapToDouble(Double::doubleValue))
                .max()
                .orElse(0);
    }
}
