package org.svgen.run;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What a model does for one request, part by part.
 *
 * @param <C> what text and pictures become, in host memory
 */
public interface VideoParts<C> {
    /**
     * {@return the dimensions of the latents, laid out as diffusers returns them, such as [1,
     * frames, channels, height, width]}
     */
    long[] latentDims();

    /** {@return sizes of a forward pass} */
    Plan.Tokens tokens();

    /** {@return tokens of the prompt that did not fit} */
    int tokensCut();

    /** {@return what the request's noise is drawn in, as the model's pipeline in diffusers does} */
    DType noiseType();

    /** {@return what denoiser and decoder compute in} */
    DType activation();

    /**
     * Encodes text and pictures, in stages.
     *
     * @param encoding carries the stages out, or plays them through
     * @return what the denoisers are told, in host memory
     */
    C condition(Encoding encoding);

    /**
     * {@return the denoisers, which take all steps between them, in order}
     *
     * @param timesteps what the model is told at each step
     */
    List<Expert<C>> experts(double[] timesteps);

    /**
     * Fills {@code clip} from latents.
     *
     * @param weights takes what the decoder's weights need
     * @param workspace gives device memory
     * @param latents host F32 of {@link #latentDims}
     * @param clip takes the frames; none if nothing is computed
     * @param listener told how far it is
     */
    void decode(
            WeightMemory weights,
            Workspace workspace,
            Tensor latents,
            @Nullable Clip clip,
            StepListener listener);
}
