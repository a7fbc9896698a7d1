package org.svgen.lab.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.Interval;

/** The tables of the page. */
record Tables(Findings findings) {
    Page.SummaryTable summary() {
        List<Measure> shown =
                Stream.of(findings.main(), findings.perceptual(), Optional.of(Measure.SSIM))
                        .flatMap(Optional::stream)
                        .filter(findings.measures()::contains)
                        .distinct()
                        .toList();
        Set<String> front = new TreeSet<>();
        findings.main()
                .ifPresent(measure -> findings.front(measure).forEach(s -> front.add(s.name())));
        return new Page.SummaryTable(
                findings.standings().stream().anyMatch(s -> !s.differences().isEmpty()),
                findings.standings().stream().anyMatch(s -> s.skipped() > 0),
                shown.stream().map(Tables::heading).toList(),
                findings.standings().stream()
                        .map(s -> row(s, shown, front.contains(s.name())))
                        .toList());
    }

    private Page.SummaryTable.Row row(Standing standing, List<Measure> shown, boolean front) {
        boolean judged = findings.judged().contains(standing);
        return new Page.SummaryTable.Row(
                standing.name(),
                PageMaker.role(standing.method()),
                Words.ofSettings(standing.method().settings()),
                judged ? List.of(key(findings, standing)) : List.of(),
                front,
                shown.stream().map(measure -> mean(standing, measure)).toList(),
                findings.main()
                        .map(measure -> difference(standing, measure))
                        .orElse(Page.Cell.NONE),
                speed(standing),
                seconds(standing),
                Numbers.fixed(standing.density(), 3),
                standing.skipped() == 0 ? "0" : Numbers.fixed(standing.skipped(), 1));
    }

    private static String heading(Measure measure) {
        return measure.label() + (measure.unit().isEmpty() ? "" : ", " + measure.unit());
    }

    private static Page.Cell mean(Standing standing, Measure measure) {
        if (!standing.means().containsKey(measure)) {
            return Page.Cell.NONE;
        }
        double mean = standing.mean(measure);
        return new Page.Cell(Numbers.of(measure, mean), String.valueOf(mean), "", false);
    }

    private static Page.Cell difference(Standing standing, Measure measure) {
        Interval interval = standing.differences().get(measure);
        if (interval == null) {
            return Page.Cell.NONE;
        }
        return new Page.Cell(
                Numbers.difference(measure, interval.estimate()),
                String.valueOf(interval.estimate()),
                Numbers.range(measure, interval),
                interval.excludesZero());
    }

    private static Page.Cell seconds(Standing standing) {
        double seconds = standing.seconds().estimate();
        return new Page.Cell(
                Numbers.seconds(seconds),
                String.valueOf(seconds),
                Numbers.seconds(standing.denoisingSeconds()) + " denoising",
                false);
    }

    private Page.Cell speed(Standing standing) {
        Interval speed = standing.speed();
        boolean reference = standing == findings.reference();
        return new Page.Cell(
                Numbers.fixed(speed.estimate(), 2),
                String.valueOf(speed.estimate()),
                reference
                        ? ""
                        : Numbers.fixed(speed.low(), 2) + " to " + Numbers.fixed(speed.high(), 2),
                false);
    }

    Page.MeasuresTable measures() {
        List<Standing> compared =
                findings.standings().stream().filter(s -> !s.means().isEmpty()).toList();
        return new Page.MeasuresTable(
                findings.measures().stream().map(Tables::heading).toList(),
                compared.stream()
                        .map(s ->
                                new Page.MeasuresTable.Row(
                                        s.name(),
                                        findings.measures().stream()
                                                .map(measure -> both(s, measure))
                                                .toList()))
                        .toList());
    }

    private static Page.Cell both(Standing standing, Measure measure) {
        Page.Cell mean = mean(standing, measure);
        Page.Cell difference = difference(standing, measure);
        return difference.equals(Page.Cell.NONE)
                ? mean
                : new Page.Cell(
                        mean.value(),
                        mean.sort(),
                        difference.value(),
                        difference.detail(),
                        difference.strong());
    }

    Page.ClipsTable clips() {
        List<Standing> compared =
                findings.standings().stream().filter(s -> !s.means().isEmpty()).toList();
        return findings.main()
                .map(measure ->
                        new Page.ClipsTable(
                                heading(measure),
                                compared.stream().map(Standing::name).toList(),
                                findings.clips().stream()
                                        .map(clip -> clip(clip, compared, measure))
                                        .toList()))
                .orElse(new Page.ClipsTable("", List.of(), List.of()));
    }

    private Page.ClipsTable.Row clip(Clip clip, List<Standing> compared, Measure measure) {
        List<Double> values =
                compared.stream().map(s -> Findings.value(clip.of(s.method()), measure)).toList();
        double sign = measure.higherIsCloser() ? 1 : -1;
        double worst = values.stream().mapToDouble(v -> sign * v).min().orElseThrow();
        return new Page.ClipsTable.Row(
                clip.number(),
                findings.results().prompts().get(clip.prompt()),
                String.valueOf(clip.seed()),
                values.stream()
                        .map(v ->
                                new Page.Cell(
                                        Numbers.of(measure, v),
                                        String.valueOf(v),
                                        "",
                                        sign * v == worst))
                        .toList());
    }

    static Page.Key key(Findings findings, Standing standing) {
        Look look = Look.of(findings, standing);
        return new Page.Key(
                standing.name(),
                look.colour().key(),
                look.mark().path(),
                look.mark() == Mark.CROSS);
    }
}
