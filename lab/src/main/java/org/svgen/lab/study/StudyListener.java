package org.svgen.lab.study;

import org.svgen.pipeline.StepListener;

/** Hears how a study goes on, and may end it. Within a run it hears what that run tells. */
public interface StudyListener extends StepListener {
    /** Hears nothing and lets everything go on. */
    StudyListener SILENT = new StudyListener() {};

    /**
     * The study is known to the model, and its folder was looked at.
     *
     * @param runs of the whole study
     * @param there runs that are done already
     */
    default void opened(int runs, int there) {}

    /**
     * A short run begins, of which nothing is kept.
     *
     * @param method that it warms up
     */
    default void warmsUp(String method) {}

    /**
     * A run begins.
     *
     * @param progress how far the study is
     * @param method that runs
     * @param prompt index of the prompt
     * @param seed of the noise
     */
    default void begins(StudyProgress progress, String method, int prompt, long seed) {}

    /**
     * A run is done, and kept.
     *
     * @param progress how far the study is now
     * @param run what came of it
     */
    default void ends(StudyProgress progress, RunResult run) {}
}
