package org.svgen.guidance;

import org.svgen.state.State;

/**
 * Joins what a denoiser predicts with and without the prompt. Values are those of one sample; sums
 * over them are taken in double precision.
 */
public interface Guider {
    /**
     * {@return a guider that has not begun}
     *
     * @param rules what it does
     */
    static Guider of(GuiderRules rules) {
        return switch (rules.kind()) {
            case CLASSIFIER_FREE -> new ClassifierFree(rules);
            case ZERO_STAR -> new ZeroStar(rules);
            case PROJECTED, PROJECTED_LATER -> new Projected(rules);
            case TANGENTIAL -> new Tangential(rules);
        };
    }

    /**
     * Joins the predictions of a step. Steps come in their order.
     *
     * @param step which, from 0
     * @param steps of the run
     * @param prompted what is predicted with the prompt
     * @param plain what is predicted without it; not used where the guider does not guide
     * @return the prediction, in a new array
     * @see GuiderRules#guides
     */
    float[] join(int step, int steps, float[] prompted, float[] plain);

    /**
     * What it carries from step to step passes by.
     *
     * @param state keeps it, or gives it back
     */
    default void state(State state) {}
}
