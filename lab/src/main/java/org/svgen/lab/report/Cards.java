package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.svgen.lab.metrics.Measure;

/** The few numbers that a reader wants first. */
record Cards(Findings findings) {
    List<Page.Card> all() {
        List<Page.Card> cards = new ArrayList<>();
        findings.main().ifPresent(measure -> add(cards, measure));
        return cards;
    }

    private void add(List<Page.Card> cards, Measure measure) {
        Comparator<Standing> speed = Comparator.comparingDouble(s -> s.speed().estimate());
        Comparator<Standing> mean = Comparator.comparingDouble(s -> s.mean(measure));
        List<Standing> judged = findings.judged();
        judged.stream()
                .max(speed)
                .ifPresent(s ->
                        cards.add(
                                new Page.Card(
                                        "Fastest: " + s.name(),
                                        times(s),
                                        value(s, measure) + ", " + seconds(s))));
        judged.stream()
                .max(measure.higherIsCloser() ? mean : mean.reversed())
                .ifPresent(s ->
                        cards.add(
                                new Page.Card(
                                        "Closest: " + s.name(),
                                        value(s, measure),
                                        times(s) + ", " + seconds(s))));
        findings.floor()
                .ifPresent(s ->
                        cards.add(
                                new Page.Card(
                                        role("Floor", s),
                                        value(s, measure),
                                        "what rounding alone changes")));
        Standing reference = findings.reference();
        cards.add(
                new Page.Card(
                        role("Reference", reference),
                        Numbers.seconds(reference.seconds().estimate()) + " s",
                        "a clip, "
                                + Numbers.seconds(reference.denoisingSeconds())
                                + " s denoising"));
    }

    private static String role(String role, Standing standing) {
        return role.equalsIgnoreCase(standing.name()) ? role : role + ": " + standing.name();
    }

    private static String times(Standing standing) {
        return Numbers.fixed(standing.speed().estimate(), 2) + " times as fast";
    }

    private static String seconds(Standing standing) {
        return Numbers.seconds(standing.seconds().estimate()) + " s a clip";
    }

    private static String value(Standing standing, Measure measure) {
        double mean = standing.mean(measure);
        return measure.label() + " " + Numbers.of(measure, mean) + unit(measure, mean);
    }

    static String unit(Measure measure, double value) {
        return measure.unit().isEmpty() || value >= Findings.IDENTICAL_DB
                ? ""
                : " " + measure.unit();
    }
}
