package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.Interval;

/**
 * Speed to the right, closeness up: each method with its intervals, and the line of those that no
 * other beats.
 */
record ParetoPlot(Findings findings, Measure measure) {
    private static final double FAR = 1.5;

    Drawing draw(String id) {
        return Drawing.of(id, title(), description(), this::at);
    }

    /** For a page of its own. */
    String alone() {
        String svg = at(Drawing.WIDE).svg("pareto", title(), description());
        return svg.replaceFirst(
                "><",
                Matcher.quoteReplacement(
                        "><style>"
                                + Template.plotStyle()
                                + "</style><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\""
                                + " class=\"f-paper\"/><"));
    }

    private String title() {
        return "Speed and " + measure.label();
    }

    private String description() {
        List<String> front = findings.front(measure).stream().map(Standing::name).toList();
        return "Each method by how many times as fast it is as "
                + findings.reference().name()
                + " and by its mean "
                + measure.label()
                + ", with 95 % intervals. On the front: "
                + String.join(", ", front)
                + ".";
    }

    /** Methods that change nothing have no place on a scale of differences. */
    private List<Standing> shown() {
        return findings.judged().stream().filter(this::finite).toList();
    }

    private boolean finite(Standing standing) {
        return !measure.unit().equals("dB") || standing.mean(measure) < Findings.IDENTICAL_DB;
    }

    /** Where it would not squeeze all others together. */
    Optional<Double> floor() {
        List<Standing> shown = shown();
        double low = shown.stream().mapToDouble(s -> s.mean(measure)).min().orElse(0);
        double high = shown.stream().mapToDouble(s -> s.mean(measure)).max().orElse(0);
        double room = Math.max(high - low, 1e-9) * FAR;
        return findings.floor()
                .filter(this::finite)
                .map(standing -> standing.mean(measure))
                .filter(mean -> mean > low - room && mean < high + room);
    }

    private Chart at(int width) {
        List<Standing> shown = shown();
        Axis x =
                Axis.around(
                        Stream.concat(Stream.of(1.0), shown.stream().flatMap(s -> ends(s.speed())))
                                .mapToDouble(d -> d)
                                .toArray());
        Axis up =
                Axis.around(
                        Stream.concat(
                                        floor().stream(),
                                        shown.stream().flatMap(s -> ends(interval(s))))
                                .mapToDouble(d -> d)
                                .toArray());
        Axis y = measure.higherIsCloser() ? up : up.reverse();
        int height = width > 500 ? 430 : 400;
        Chart chart =
                new Chart(width, height)
                        .axis("x", "times as fast as " + findings.reference().name(), x)
                        .axis("y", Figures.axis(measure), y);
        chart.line(both(1), ends(y), Colour.MUTED, Stroke.DOTTED);
        floor().ifPresent(mean -> {
            chart.line(ends(x), both(mean), Colour.MUTED, Stroke.DASHED);
            double above = y.at(y.share(mean) + 0.03);
            chart.text(x.at(0.99), above, "floor", Colour.MUTED, "right");
        });
        List<Standing> front = findings.front(measure).stream().filter(this::finite).toList();
        chart.line(
                front.stream().mapToDouble(s -> s.speed().estimate()).toArray(),
                front.stream().mapToDouble(s -> s.mean(measure)).toArray(),
                Colour.MUTED,
                Stroke.THIN);
        for (Standing standing : shown) {
            point(chart, standing);
        }
        names(chart, shown, x, y, width - 70, height - 60);
        return chart;
    }

    private void point(Chart chart, Standing standing) {
        Look look = Look.of(findings, standing);
        double[] x = {standing.speed().estimate()};
        double[] y = {standing.mean(measure)};
        chart.line(both(x[0]), ends(interval(standing), y), look.colour(), Stroke.THIN);
        chart.line(ends(standing.speed(), x), both(y[0]), look.colour(), Stroke.THIN);
        chart.points(x, y, look.colour(), look.mark(), 4, 1);
    }

    private void names(
            Chart chart, List<Standing> shown, Axis x, Axis y, double width, double height) {
        LabelPlaces places = new LabelPlaces(width, height);
        places.bar(x.share(1) * width, 0, height);
        for (Standing s : shown) {
            double across = x.share(s.speed().estimate()) * width;
            places.point(across, y.share(s.mean(measure)) * height);
            double one = y.share(interval(s).low()) * height;
            double other = y.share(interval(s).high()) * height;
            places.bar(across, Math.min(one, other), Math.max(one, other));
            double middle = y.share(s.mean(measure)) * height;
            places.line(
                    x.share(s.speed().low()) * width,
                    middle,
                    x.share(s.speed().high()) * width,
                    middle);
        }
        List<Standing> front = findings.front(measure).stream().filter(this::finite).toList();
        for (int i = 1; i < front.size(); i++) {
            Standing from = front.get(i - 1);
            Standing to = front.get(i);
            places.line(
                    x.share(from.speed().estimate()) * width,
                    y.share(from.mean(measure)) * height,
                    x.share(to.speed().estimate()) * width,
                    y.share(to.mean(measure)) * height);
        }
        floor().ifPresent(f -> places.line(0, y.share(f) * height, width, y.share(f) * height));
        List<Standing> order = new ArrayList<>(findings.front(measure));
        order.retainAll(shown);
        shown.stream().filter(s -> !order.contains(s)).forEach(order::add);
        for (Standing s : order) {
            double across = x.share(s.speed().estimate()) * width;
            double up = y.share(s.mean(measure)) * height;
            LabelPlaces.Place place = places.of(across, up, s.name());
            chart.text(
                    x.at(place.x() / width),
                    y.at(place.y() / height),
                    s.name(),
                    Look.of(findings, s).colour(),
                    place.align());
        }
    }

    private Interval interval(Standing standing) {
        return Objects.requireNonNull(standing.means().get(measure));
    }

    private static Stream<Double> ends(Interval interval) {
        return Stream.of(interval.low(), interval.high(), interval.estimate());
    }

    private static double[] ends(Interval interval, double[] estimate) {
        return new double[] {
            Math.min(interval.low(), estimate[0]), Math.max(interval.high(), estimate[0])
        };
    }

    private static double[] ends(Axis axis) {
        return new double[] {axis.low(), axis.high()};
    }

    private static double[] both(double value) {
        return new double[] {value, value};
    }
}
