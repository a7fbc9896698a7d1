package org.svgen.run;

import java.util.List;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.schedule.Scheduler;
import org.svgen.tensor.BadInputException;

/** An open model: what it recommends, what it can do, and what its parts do for a request. */
public interface Model extends AutoCloseable {
    /** {@return what the family recommends, where the model's folder says nothing} */
    Defaults defaults();

    /** {@return what is known of caches that skip this model's steps} */
    default ModelCaches caches() {
        return ModelCaches.DEFAULT;
    }

    /** {@return channels of a head of the denoiser's self-attention} */
    int headDim();

    /**
     * {@return in what self-attention multiplies where a request leaves it open, and layers and
     * device have it}
     */
    default AttentionSettings.Precision attentionPrecision() {
        return AttentionSettings.Precision.BF16;
    }

    /** {@return which pictures requests bring} */
    Pictures pictures();

    /** {@return the rule by which steps are taken} */
    Scheduler scheduler();

    /**
     * {@return the rule by which the steps of a request are taken}
     *
     * @param request the video to make
     * @throws BadInputException if the request asks for one that the model does not have
     */
    default Scheduler scheduler(Request request) {
        return scheduler();
    }

    /**
     * {@return what of {@code request} this model does not use though it was asked for, a line
     * each}
     *
     * @param request that was asked for
     * @param defaults what the model recommends
     */
    default List<String> unused(Request request, Defaults defaults) {
        return List.of();
    }

    /**
     * {@return the dimensions of the latents, as {@link VideoParts#latentDims}}
     *
     * @param request the video to make
     * @throws BadInputException naming the nearest size or frame count that the model can do
     */
    long[] latentDims(Request request);

    /**
     * Splits a request that passed the check into parts.
     *
     * @param request the video to make
     * @param listener told what is to be known of the prompt
     * @return what the model does for it; to be used before the model is closed
     */
    VideoParts<?> parts(Request request, StepListener listener);

    /** Ends the lives of tokenizers and the like; the checkpoint is not the model's. */
    @Override
    default void close() {}
}
