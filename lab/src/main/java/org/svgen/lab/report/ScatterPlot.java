package org.svgen.lab.report;

import java.util.List;
import java.util.stream.DoubleStream;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.RunResult;

/** A number that runs report against a measure: a point for each video. */
record ScatterPlot(Findings findings, String name, Measure measure) {
    Drawing draw(String id, String title, String description) {
        return Drawing.of(id, title, description, this::at);
    }

    private Chart at(int width) {
        List<double[]> all = points(findings.judged());
        Axis up = Axis.around(column(all, 1).toArray());
        Chart chart =
                new Chart(width, 340)
                        .axis("x", Words.ofNumber(name), Axis.around(column(all, 0).toArray()))
                        .axis(
                                "y",
                                Figures.axis(measure),
                                measure.higherIsCloser() ? up : up.reverse());
        for (Standing standing : findings.judged()) {
            List<double[]> points = points(List.of(standing));
            Look look = Look.of(findings, standing);
            chart.points(
                    column(points, 0).toArray(),
                    column(points, 1).toArray(),
                    look.colour(),
                    look.mark(),
                    2.4,
                    0.7);
        }
        return chart;
    }

    private static DoubleStream column(List<double[]> points, int i) {
        return points.stream().mapToDouble(point -> point[i]);
    }

    /** {@return the number and the measure of each video that has both, finite} */
    List<double[]> points(List<Standing> standings) {
        return standings.stream()
                .flatMap(s -> findings.clips().stream().map(clip -> clip.of(s.method())))
                .filter(run -> Double.isFinite(number(run)) && finite(run))
                .map(run -> new double[] {number(run), Findings.value(run, measure)})
                .toList();
    }

    private boolean finite(RunResult run) {
        return Double.isFinite(run.measures().getOrDefault(measure.key(), Double.NaN));
    }

    private double number(RunResult run) {
        return run.others().getOrDefault(name, Double.NaN);
    }
}
