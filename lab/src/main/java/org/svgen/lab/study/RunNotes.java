package org.svgen.lab.study;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;

/** Hears a run for the study's listener, and keeps its notes: they would be said for every run. */
final class RunNotes implements StepListener {
    private final StepListener listener;
    private final Set<String> lines = new LinkedHashSet<>();

    RunNotes(StepListener listener) {
        this.listener = listener;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void note(String line) {
        lines.add(line);
    }

    @Override
    public void progress(Stage stage, int done, int total) {
        listener.progress(stage, done, total);
    }

    @Override
    public boolean cancelled() {
        return listener.cancelled();
    }
}
