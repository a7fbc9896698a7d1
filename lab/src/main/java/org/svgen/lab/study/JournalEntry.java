package org.svgen.lab.study;

import java.util.List;
import java.util.Objects;

/**
 * A run that is done, as the journal keeps it.
 *
 * @param key that names it
 * @param made when, in ISO 8601
 * @param run what came of it; the method's name and the prompt's index are those of that day
 * @param video name of its file, relative to the study's folder; empty if it was not kept
 * @param notes that it gave
 */
record JournalEntry(String key, String made, RunResult run, String video, List<String> notes) {
    JournalEntry {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(made, "made");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(video, "video");
        notes = List.copyOf(Objects.requireNonNull(notes, "notes"));
    }

    /** What came of it in today's study. */
    RunResult as(Arm arm, Pair pair) {
        return new RunResult(
                arm.name(),
                pair.prompt(),
                pair.seed(),
                run.seconds(),
                run.denoisingSeconds(),
                run.density(),
                run.steps(),
                run.measures(),
                run.others(),
                run.pictures());
    }
}
