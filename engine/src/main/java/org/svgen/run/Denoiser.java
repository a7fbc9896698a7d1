package org.svgen.run;

import java.util.Optional;
import org.svgen.guidance.Guider;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.Tensor;

/** A network that predicts a scheduler's model output, told what it is to show. */
public interface Denoiser {
    /** {@return the sizes of a pass} */
    DenoiserShape shape();

    /**
     * {@return channels of a token, and the dimensions of what {@link org.svgen.cache.TeaCache}
     * watches; asked if a cache looks into the network}
     */
    default Inside inside() {
        throw new IllegalStateException("this model has no cache that looks inside");
    }

    /**
     * What a cache knows of a network's inside.
     *
     * @param width channels of a token
     * @param signal dimensions of what is watched
     */
    record Inside(int width, long... signal) {}

    /**
     * {@return the scale {@code s} of classifier-free guidance, {@code out[0] + s (out[1] -
     * out[0])}; asked where there are two branches}
     *
     * @param timestep on the scheduler's scale
     */
    double guidance(double timestep);

    /**
     * {@return what joins the branches of guidance, one for a run; none where it is the sum by
     * {@link #guidance}}
     */
    default Optional<Guider> guider() {
        return Optional.empty();
    }

    /**
     * Predicts the scheduler's model output.
     *
     * @param timestep on the scheduler's scale
     * @param sample F32, the latents of the step, of {@link VideoParts#latentDims}
     * @param policy decides how the self-attention of each layer is computed
     * @param blocks goes through the layers
     * @param out F32, laid out as the sample, one element for each branch of guidance; the branch
     *     without the prompt first
     */
    void predict(double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out);
}
