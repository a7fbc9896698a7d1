package org.svgen.bench;

import java.util.function.Consumer;
import org.svgen.pipeline.StepListener;

/** Hands on what people should know of a run, and nothing of how far it is. */
record NotedSteps(Consumer<String> notes) implements StepListener {
    @Override
    public void note(String text) {
        notes.accept(text);
    }
}
