package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.Interval;
import org.svgen.lab.statistics.Spearman;
import org.svgen.lab.study.RunResult;
import org.svgen.lab.study.StepResult;

/** The plots of the page, with their captions. */
record Figures(Findings findings) {
    private static final int MOST_OTHERS = 6;

    /** Has a plot of its own, by step. */
    private static final String REUSED = "reused_steps";

    List<Page.Plot> fronts() {
        if (findings.judged().isEmpty()) {
            return List.of();
        }
        return Stream.concat(findings.main().stream(), findings.perceptual().stream())
                .distinct()
                .map(this::front)
                .toList();
    }

    private Page.Plot front(Measure measure) {
        ParetoPlot plot = new ParetoPlot(findings, measure);
        String floor =
                findings.floor()
                        .map(s ->
                                plot.floor().isPresent()
                                        ? " The dashed line across is the floor."
                                        : " The floor ("
                                                + Numbers.of(measure, s.mean(measure))
                                                + Cards.unit(measure, s.mean(measure))
                                                + ") lies outside of the plot.")
                        .orElse("");
        return plot(
                "Speed and " + measure.label(),
                "Right is faster, up is closer to "
                        + findings.reference().name()
                        + ". Bars are 95 % intervals of the means; the line joins the front."
                        + floor,
                plot.draw("front-" + measure.key()));
    }

    List<Page.Plot> strips() {
        return findings.main().filter(m -> !findings.judged().isEmpty()).map(this::strip).stream()
                .toList();
    }

    private Page.Plot strip(Measure measure) {
        List<RowPlot.Row> rows = findings.judged().stream().map(s -> row(s, measure)).toList();
        List<Double> floor = new ParetoPlot(findings, measure).floor().stream().toList();
        RowPlot plot = new RowPlot(axis(measure), !measure.higherIsCloser(), rows, floor);
        String title = measure.label() + " of each clip";
        String caption =
                "A faint point is a clip; the large one is their mean, with its 95 % interval."
                        + (floor.isEmpty() ? "" : " The dashed line is the floor.");
        return plot(title, caption, plot.draw("strip", title, caption));
    }

    private RowPlot.Row row(Standing standing, Measure measure) {
        Interval mean = Objects.requireNonNull(standing.means().get(measure));
        double[] values =
                findings.clips().stream()
                        .mapToDouble(clip -> Findings.value(clip.of(standing.method()), measure))
                        .toArray();
        return new RowPlot.Row(
                standing.name(),
                Look.of(findings, standing),
                values,
                mean.estimate(),
                mean.low(),
                mean.high());
    }

    List<Page.Plot> differences() {
        return findings
                .main()
                .filter(m -> findings.judged().size() > 1)
                .map(this::difference)
                .stream()
                .toList();
    }

    private Page.Plot difference(Measure measure) {
        Standing baseline = findings.judged().getFirst();
        List<RowPlot.Row> rows =
                findings.judged().stream()
                        .skip(1)
                        .map(s -> differenceRow(s, baseline, measure))
                        .toList();
        RowPlot plot =
                new RowPlot(
                        axis(measure) + ", difference",
                        !measure.higherIsCloser(),
                        rows,
                        List.of(0.0));
        String title = measure.label() + " compared with " + baseline.name();
        String caption =
                "Differences on the same clips: right of the line a method is closer to the"
                        + " reference than "
                        + baseline.name()
                        + ". The large points are means with 95 % intervals.";
        return plot(title, caption, plot.draw("difference", title, caption));
    }

    private RowPlot.Row differenceRow(Standing standing, Standing baseline, Measure measure) {
        Interval mean = Objects.requireNonNull(standing.differences().get(measure));
        double[] values =
                findings.clips().stream()
                        .mapToDouble(clip ->
                                Findings.value(clip.of(standing.method()), measure)
                                        - Findings.value(clip.of(baseline.method()), measure))
                        .toArray();
        return new RowPlot.Row(
                standing.name(),
                Look.of(findings, standing),
                values,
                mean.estimate(),
                mean.low(),
                mean.high());
    }

    List<Page.Plot> steps() {
        if (findings.judged().isEmpty() || noSteps()) {
            return List.of();
        }
        List<Page.Plot> plots = new ArrayList<>();
        plots.add(
                step(
                        "density",
                        "Density by step",
                        "The fraction of query-key pairs that attention keeps, over all layers."
                                + " Skipped steps have none.",
                        "density",
                        step -> step.reused() ? Double.NaN : step.density()));
        plots.add(
                step(
                        "seconds",
                        "Seconds by step",
                        "Wall-clock time of each step. A step that reuses an earlier result takes"
                                + " next to none.",
                        "seconds",
                        StepResult::seconds));
        List<Standing> skipping = findings.judged().stream().filter(s -> s.skipped() > 0).toList();
        if (!skipping.isEmpty()) {
            String caption = "The share of clips in which the step reused an earlier result.";
            StepPlot plot =
                    new StepPlot(findings, skipping, "share of clips", s -> s.reused() ? 1 : 0);
            plots.add(
                    plot("Skipped steps", caption, plot.draw("skipped", "Skipped steps", caption)));
        }
        return plots;
    }

    private boolean noSteps() {
        return findings.clips().stream()
                .allMatch(clip -> clip.runs().values().stream().allMatch(r -> r.steps().isEmpty()));
    }

    private Page.Plot step(
            String id,
            String title,
            String caption,
            String axis,
            ToDoubleFunction<StepResult> value) {
        StepPlot plot = new StepPlot(findings, findings.judged(), axis, value);
        return plot(title, caption, plot.draw(id, title, caption));
    }

    /** Numbers that runs report, against the measure of truth. */
    List<Page.Plot> others() {
        return findings.main().stream()
                .flatMap(measure ->
                        names().stream().limit(MOST_OTHERS).map(name -> other(name, measure)))
                .toList();
    }

    private TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        runs().forEach(run -> names.addAll(run.others().keySet()));
        names.remove(REUSED);
        names.removeIf(
                name -> runs().map(run -> run.others().get(name)).distinct().limit(3).count() < 3);
        return names;
    }

    private Stream<RunResult> runs() {
        return findings.judged().stream()
                .flatMap(s -> findings.clips().stream().map(clip -> clip.of(s.method())));
    }

    private Page.Plot other(String name, Measure measure) {
        ScatterPlot plot = new ScatterPlot(findings, name, measure);
        List<double[]> points = plot.points(findings.judged());
        double correlation =
                Spearman.of(
                        points.stream().mapToDouble(p -> p[0]).toArray(),
                        points.stream().mapToDouble(p -> p[1]).toArray());
        String title = measure.label() + " by " + Words.ofNumber(name);
        String caption =
                "A point for each video. Rank correlation (Spearman) over "
                        + Words.count(points.size(), "video")
                        + ": "
                        + Numbers.fixed(correlation, 3)
                        + ".";
        return plot(title, caption, plot.draw("other-" + name, title, caption));
    }

    static String axis(Measure measure) {
        return measure.label()
                + (measure.unit().isEmpty() ? "" : ", " + measure.unit())
                + (measure.higherIsCloser() ? "" : " (less is closer)");
    }

    private static Page.Plot plot(String title, String caption, Drawing drawing) {
        return new Page.Plot(title, caption, drawing.wide(), drawing.narrow());
    }
}
