package org.svgen.lab.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.Picture;
import org.svgen.lab.study.RunResult;

/** The frames of all clips, the worst clips first, and the heads of the first clip. */
final class Gallery {
    private static final int OPEN = 3;

    private final Findings findings;
    private final Set<String> names;
    private final Pictures pictures;

    private Gallery(Findings findings, Set<String> names, Pictures pictures) {
        this.findings = findings;
        this.names = names;
        this.pictures = pictures;
    }

    static Gallery of(Findings findings, Path folder, long budget) {
        Set<String> names = new LinkedHashSet<>();
        for (Clip clip : findings.clips()) {
            for (RunResult run : clip.runs().values()) {
                Optional.ofNullable(run.pictures().get(Picture.FRAMES)).ifPresent(names::add);
            }
        }
        findings.clips().stream()
                .limit(1)
                .flatMap(clip -> clip.runs().values().stream())
                .forEach(run ->
                        Optional.ofNullable(run.pictures().get(Picture.HEADS))
                                .ifPresent(names::add));
        return new Gallery(findings, names, Pictures.read(folder, names, budget));
    }

    List<Page.ClipView> clips() {
        List<Page.ClipView> views = new ArrayList<>();
        for (Clip clip : worstFirst()) {
            List<Page.Strip> strips =
                    findings.standings().stream()
                            .filter(s -> has(clip.of(s.method()), Picture.FRAMES))
                            .map(s -> strip(clip, s))
                            .toList();
            if (!strips.isEmpty()) {
                views.add(
                        new Page.ClipView(
                                clip.number(),
                                prompt(clip),
                                String.valueOf(clip.seed()),
                                range(clip),
                                views.size() < OPEN,
                                strips));
            }
        }
        return views;
    }

    private static boolean has(RunResult run, Picture picture) {
        return run.pictures().containsKey(picture);
    }

    private String prompt(Clip clip) {
        return findings.results().prompts().get(clip.prompt());
    }

    private List<Clip> worstFirst() {
        Optional<Measure> main = findings.main();
        if (main.isEmpty()) {
            return findings.clips();
        }
        double sign = main.get().higherIsCloser() ? 1 : -1;
        return findings.clips().stream()
                .sorted(Comparator.comparingDouble(clip -> sign * mean(clip, main.get())))
                .toList();
    }

    private double mean(Clip clip, Measure measure) {
        return findings.judged().stream()
                .mapToDouble(s -> Findings.value(clip.of(s.method()), measure))
                .average()
                .orElse(0);
    }

    private String range(Clip clip) {
        return findings.main()
                .filter(measure -> !findings.judged().isEmpty())
                .map(measure -> {
                    double[] values =
                            findings.judged().stream()
                                    .mapToDouble(s -> Findings.value(clip.of(s.method()), measure))
                                    .sorted()
                                    .toArray();
                    double high = values[values.length - 1];
                    return measure.label()
                            + " "
                            + Numbers.of(measure, values[0])
                            + (values[0] == high ? "" : " to " + Numbers.of(measure, high))
                            + Cards.unit(measure, high);
                })
                .orElse("");
    }

    private Page.Strip strip(Clip clip, Standing standing) {
        RunResult run = clip.of(standing.method());
        String numbers = numbers(run);
        return new Page.Strip(
                standing.name(),
                numbers,
                "Frames of clip "
                        + clip.number()
                        + ", \u201c"
                        + prompt(clip)
                        + "\u201d, by "
                        + standing.name(),
                pictures.of(name(run, Picture.FRAMES)).stream().toList());
    }

    private String numbers(RunResult run) {
        List<String> parts = new ArrayList<>();
        List<Measure> shown = new ArrayList<>();
        findings.main().ifPresent(shown::add);
        findings.perceptual().filter(m -> !shown.contains(m)).ifPresent(shown::add);
        for (Measure measure : shown) {
            if (run.measures().containsKey(measure.key())) {
                double value = Findings.value(run, measure);
                parts.add(
                        measure.label()
                                + " "
                                + Numbers.of(measure, value)
                                + Cards.unit(measure, value));
            }
        }
        parts.add(Numbers.seconds(run.seconds()) + " s");
        // Broken between numbers, not within.
        return String.join(", ", parts.stream().map(p -> p.replace(' ', '\u00a0')).toList());
    }

    List<Page.HeadView> heads() {
        return findings.clips().stream()
                .limit(1)
                .flatMap(clip ->
                        findings.standings().stream()
                                .filter(s -> has(clip.of(s.method()), Picture.HEADS))
                                .map(s -> head(clip, s)))
                .toList();
    }

    private Page.HeadView head(Clip clip, Standing standing) {
        return new Page.HeadView(
                standing.name(),
                "Map of heads of " + standing.name() + " in \u201c" + prompt(clip) + "\u201d",
                pictures.of(name(clip.of(standing.method()), Picture.HEADS)).stream().toList());
    }

    private static String name(RunResult run, Picture picture) {
        return run.pictures().getOrDefault(picture, "");
    }

    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (pictures.anyReduced()) {
            notes.add(
                    "Some pictures are JPEG here, or smaller, to keep this file small. The study's"
                            + " folder has them in full.");
        }
        Set<String> missing = pictures.missing(names);
        if (!missing.isEmpty()) {
            notes.add(
                    Words.count(missing.size(), "picture")
                            + " could not be read, such as "
                            + missing.iterator().next()
                            + ".");
        }
        return notes;
    }
}
