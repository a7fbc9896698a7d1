package org.svgen.lab.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.svgen.lab.study.StepResult;

/**
 * What each method did at each step, the mean over the clips that have it.
 *
 * @param title of the axis
 * @param value of a step, NaN if it has none
 */
record StepPlot(
        Findings findings, List<Standing> shown, String title, ToDoubleFunction<StepResult> value) {
    private static final int MARKS = 8;

    Drawing draw(String id, String name, String description) {
        return Drawing.of(id, name, description, this::at);
    }

    private Chart at(int width) {
        List<double[]> lines = shown.stream().map(this::means).toList();
        int steps = lines.stream().mapToInt(line -> line.length).max().orElse(1);
        double most =
                lines.stream()
                        .flatMapToDouble(Arrays::stream)
                        .filter(Double::isFinite)
                        .max()
                        .orElse(1);
        Chart chart =
                new Chart(width, 300)
                        .axis("x", "step", Axis.between(-0.5, Math.max(1, steps) - 0.5))
                        .axis("y", title, Axis.between(-most * 0.03, most * 1.06));
        for (int i = 0; i < shown.size(); i++) {
            Look look = Look.of(findings, shown.get(i));
            double[] y = lines.get(i);
            int[] there = IntStream.range(0, y.length).filter(k -> !Double.isNaN(y[k])).toArray();
            chart.line(x(there), y(there, y), look.colour(), Stroke.THIN);
            // Where each line begins with its marks differs, so that equal lines show both.
            int every = Math.max(1, there.length / MARKS);
            int[] marked =
                    IntStream.iterate(i % every, k -> k < there.length, k -> k + every)
                            .map(k -> there[k])
                            .toArray();
            chart.points(x(marked), y(marked, y), look.colour(), look.mark(), 2.6, 1);
        }
        return chart;
    }

    private static double[] x(int[] steps) {
        return IntStream.of(steps).asDoubleStream().toArray();
    }

    private static double[] y(int[] steps, double[] values) {
        return IntStream.of(steps).mapToDouble(k -> values[k]).toArray();
    }

    private double[] means(Standing standing) {
        List<List<StepResult>> runs =
                findings.clips().stream().map(c -> c.of(standing.method()).steps()).toList();
        int steps = runs.stream().mapToInt(List::size).min().orElse(0);
        return IntStream.range(0, steps)
                .mapToDouble(i ->
                        runs.stream()
                                .mapToDouble(run -> value.applyAsDouble(run.get(i)))
                                .filter(Double::isFinite)
                                .average()
                                .orElse(Double.NaN))
                .toArray();
    }
}
