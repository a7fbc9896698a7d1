package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.StudyResults;

/** What a reader must know before believing the numbers. */
record Caveats(Findings findings) {
    private static final int FEW = 15;

    List<String> all() {
        List<String> all = new ArrayList<>();
        StudyResults results = findings.results();
        int clips = findings.clips().size();
        int planned = results.prompts().size() * results.seeds().size();
        if (clips < planned) {
            all.add(
                    "The study is not done: "
                            + clips
                            + " of "
                            + Words.count(planned, "clip")
                            + " are here. Go on with the command below.");
        }
        if (clips > 0 && clips < FEW) {
            all.add(
                    "Fewer than "
                            + FEW
                            + " clips: means and intervals are rough and may change with other"
                            + " prompts.");
        }
        if (clips > 0 && !findings.measures().contains(Measure.LPIPS)) {
            all.add("LPIPS is missing: no weights were given for it." + substitute());
        }
        Set<Measure> partly = EnumSet.noneOf(Measure.class);
        partly.addAll(measuredSomewhere());
        partly.removeAll(findings.measures());
        partly.remove(Measure.MSE);
        for (Measure measure : partly) {
            all.add(measure.label() + " is left out: not all clips have it.");
        }
        return all;
    }

    private String substitute() {
        return findings.perceptual()
                .map(measure -> " " + measure.label() + " stands in for it.")
                .orElse("");
    }

    private List<Measure> measuredSomewhere() {
        return Stream.of(Measure.values())
                .filter(measure ->
                        findings.clips().stream()
                                .flatMap(clip -> clip.runs().values().stream())
                                .anyMatch(run -> run.measures().containsKey(measure.key())))
                .toList();
    }
}
