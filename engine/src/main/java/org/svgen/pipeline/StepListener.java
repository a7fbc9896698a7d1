package org.svgen.pipeline;

/** Hears how a run goes on, and may end it. Called on the thread that runs the pipeline. */
public interface StepListener {
    /** Hears nothing and lets everything go on. */
    StepListener SILENT = new StepListener() {};

    /**
     * {@code done} of {@code total} parts of a stage are finished; 0 when it begins.
     *
     * @param stage the stage
     * @param done of the parts
     * @param total of all parts
     */
    default void progress(Stage stage, int done, int total) {}

    /**
     * Something the user should know: a cut prompt, a rounded density. One line.
     *
     * @param line one line
     */
    default void note(String line) {}

    /**
     * {@return true to stop: the run ends with a {@link CancelledException} within moments} Asked
     * before each operation and within long ones, up to thousands of times a second, so it should
     * only look at something.
     */
    default boolean cancelled() {
        return false;
    }
}
