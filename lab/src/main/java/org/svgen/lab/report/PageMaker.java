package org.svgen.lab.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.Method;
import org.svgen.lab.study.StudyResults;
import org.svgen.lab.study.Subject;

/** Puts the page together. */
final class PageMaker {
    private final Findings findings;
    private final StudyResults results;
    private final Gallery gallery;

    /**
     * @param folder of the study
     * @param budget bytes of all pictures
     */
    PageMaker(Findings findings, Path folder, long budget) {
        this.findings = findings;
        this.results = findings.results();
        this.gallery = Gallery.of(findings, folder, budget);
    }

    Page page() {
        Optional<Measure> main = findings.main();
        Figures figures = new Figures(findings);
        Tables tables = new Tables(findings);
        return new Page(
                results.title(),
                lede(),
                "svgen " + results.subject().version(),
                Template.style(),
                Template.script(),
                Template.scriptHash(),
                new Cards(findings).all(),
                baseline(),
                main.map(Measure::label).orElse(""),
                keys(),
                tables.summary(),
                figures.fronts(),
                figures.differences(),
                figures.strips(),
                figures.steps(),
                figures.others(),
                tables.measures(),
                gallery.clips(),
                tables.clips(),
                gallery.heads(),
                facts(results.subject()),
                settings(results.settings()),
                results.command(),
                results.prompts(),
                notes());
    }

    private String lede() {
        int clips = findings.clips().size();
        Set<Integer> prompts = new LinkedHashSet<>();
        findings.clips().forEach(clip -> prompts.add(clip.prompt()));
        String what =
                Words.count(clips, "clip")
                        + " of "
                        + Words.count(prompts.size(), "prompt")
                        + ", made by "
                        + Words.count(results.methods().size(), "method")
                        + " with "
                        + results.subject().model();
        return findings.clips().isEmpty()
                ? "No clip was made by all methods yet."
                : what
                        + ". Each is compared with the clip that "
                        + findings.reference().name()
                        + " made from the same noise.";
    }

    private String baseline() {
        return findings.judged().isEmpty() ? "" : findings.judged().getFirst().name();
    }

    private List<Page.Key> keys() {
        return findings.judged().stream().map(s -> Tables.key(findings, s)).toList();
    }

    private static List<Page.Fact> facts(Subject subject) {
        return List.of(
                new Page.Fact("Model", subject.model()),
                new Page.Fact("Hash of the model", subject.modelHash()),
                new Page.Fact("Device", subject.device()),
                new Page.Fact("Type", subject.dtype()),
                new Page.Fact("Version", "svgen " + subject.version()));
    }

    private List<Page.Fact> settings(Map<String, Object> settings) {
        List<Page.Fact> facts = new ArrayList<>();
        settings.forEach((name, value) ->
                facts.add(new Page.Fact(Words.ofSetting(name), String.valueOf(value))));
        facts.add(
                new Page.Fact(
                        "seeds",
                        String.join(", ", results.seeds().stream().map(String::valueOf).toList())));
        return facts;
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(new Caveats(findings).all());
        notes.addAll(gallery.notes());
        notes.addAll(results.notes());
        return notes;
    }

    /** {@return what a method is there for, unless it is to be judged or its name says so} */
    static String role(Method method) {
        String role =
                switch (method.role()) {
                    case REFERENCE -> "reference";
                    case FLOOR -> "floor";
                    case METHOD -> "";
                };
        return role.equalsIgnoreCase(method.name()) ? "" : role;
    }
}
