package org.svgen.run;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.tensor.Tensor;

/** What a model does for one video, or plays through. */
public interface VideoRun {
    /** {@return from the prompt to the latents that the run was begun with} */
    AttentionStatistics denoise();

    /**
     * Fills {@code clip} from those latents; none if nothing is computed.
     *
     * @param clip takes the frames; none if nothing is computed
     */
    void decode(@Nullable Clip clip);

    /** {@return tokens of the prompt that did not fit} */
    int tokensCut();

    /** Begins a run. */
    @FunctionalInterface
    interface Start {
        /**
         * Encodes the prompt and what else comes before the steps.
         *
         * @param stages carries the stages out, or plays them through
         * @param listener told how far it is and what is to be known; may cancel
         * @param log takes what happens
         * @param latents receives them; host F32, laid out as the model's latents
         * @return the run
         */
        VideoRun begin(Stages stages, StepListener listener, RunLog log, Tensor latents);
    }
}
