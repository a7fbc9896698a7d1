package org.svgen.pipeline;

import java.util.Locale;

/** Hears how a run goes on, and may end it. Called on the thread that runs the pipeline. */
public interface StepListener {
    /** Hears nothing and lets everything go on. */
    StepListener SILENT = new StepListener() {};

    /** {@code done} of {@code total} parts of a stage are finished; 0 when it begins. */
    default void progress(Stage stage, int done, int total) {}

    /** Something the user should know: a cut prompt, a rounded density. One line. */
    default void note(String line) {}

    /** True to stop: asked at least once a step; the run ends with a {@link CancelledException}. */
    default boolean cancelled() {
        return false;
    }

    /** The parts of a run, in order. */
    enum Stage {
        LOAD,
        TEXT,
        IMAGE,
        DENOISE,
        DECODE,
        WRITE;

        /** {@code denoise}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
