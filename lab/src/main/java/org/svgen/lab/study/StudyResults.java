package org.svgen.lab.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What came of a study, or of the part of it that is done.
 *
 * @param title for people
 * @param command that makes the same study
 * @param subject what it ran on
 * @param settings that all methods share, by their names in camelCase
 * @param prompts what the videos show
 * @param seeds of the noise; each prompt was run with each seed
 * @param methods the reference first, then the floor if there is one, then the others
 * @param runs prompt by prompt and seed by seed; of each pair either all methods are there or none
 * @param notes what a reader should know, a line each
 */
public record StudyResults(
        String title,
        String command,
        Subject subject,
        Map<String, Object> settings,
        List<String> prompts,
        List<Long> seeds,
        List<Method> methods,
        List<RunResult> runs,
        List<String> notes) {
    /** Keeps copies. */
    public StudyResults {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(settings, "settings");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        prompts = List.copyOf(Objects.requireNonNull(prompts, "prompts"));
        seeds = List.copyOf(Objects.requireNonNull(seeds, "seeds"));
        methods = List.copyOf(Objects.requireNonNull(methods, "methods"));
        runs = List.copyOf(Objects.requireNonNull(runs, "runs"));
        notes = List.copyOf(Objects.requireNonNull(notes, "notes"));
    }
}
