package org.svgen.pipeline;

import org.svgen.tensor.Tensor;

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
     * A step's output came from the cache; {@link #progress} tells next that the step is done.
     *
     * @param step which, from 0
     * @param steps of the run
     */
    default void reused(int step, int steps) {}

    /**
     * A denoising step is done; {@link #progress} tells the same without what happened in it.
     *
     * @param step what happened
     * @param steps of the run
     */
    default void step(Report.Step step, int steps) {}

    /**
     * {@return true to be given {@link #preview} of a step; for who does not ask, nothing is
     * computed or fetched}
     *
     * @param step which, from 0
     * @param steps of the run
     */
    default boolean wantsPreview(int step, int steps) {
        return false;
    }

    /**
     * What the video would be if the noise that the model sees at a step were taken away at once.
     *
     * @param step which, from 0
     * @param clean the estimate of the clean latents: host F32, laid out as {@link Result#latents};
     *     valid during the call
     */
    default void preview(int step, Tensor clean) {}

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
