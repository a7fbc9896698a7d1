package org.svgen.pipeline;

import org.jspecify.annotations.Nullable;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.tensor.Tensor;

/** What a model does for one video, or plays through. */
public interface VideoRun {
    /** From the prompt to the latents that the run was begun with. */
    AttentionStatistics denoise();

    /** Fills {@code clip} from those latents; none if nothing is computed. */
    void decode(@Nullable Clip clip);

    /** Tokens of the prompt that did not fit. */
    int tokensCut();

    /** Begins a run. */
    @FunctionalInterface
    interface Start {
        /**
         * @param latents receives them; host F32, laid out as the model's latents
         */
        VideoRun begin(Stages stages, StepListener listener, RunLog log, Tensor latents);
    }
}
