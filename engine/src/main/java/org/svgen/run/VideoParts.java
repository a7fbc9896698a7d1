package org.svgen.run;

import java.util.List;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Plan;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VideoDecoder;

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
    default int tokensCut() {
        return 0;
    }

    /** {@return what the request's noise is drawn in, as the model's pipeline in diffusers does} */
    default DType noiseType() {
        return DType.F32;
    }

    /**
     * {@return what latents are rounded to between steps, as the model's pipeline in diffusers
     * does}
     *
     * @param asked what the request says
     */
    default DType latentType(DType asked) {
        return asked;
    }

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
    List<? extends Expert<C, ?>> experts(double[] timesteps);

    /**
     * Changes the noise that a run begins with, where a picture has a part in it.
     *
     * @param condition what the denoisers are told
     * @param workspace gives device memory
     * @param latents F32 of {@link #latentDims}, on the device, changed in place
     */
    default void start(C condition, Workspace workspace, Tensor latents) {}

    /**
     * Puts what a picture has fixed from the start into latents that leave the loop: the result,
     * and what a listener sees of a step.
     *
     * @param condition what the denoisers were told
     * @param latents host F32 of {@link #latentDims}, changed in place
     */
    default void settle(C condition, Tensor latents) {}

    /**
     * {@return the decoder, the same for every request}
     *
     * @param weights takes what the decoder's weights need
     */
    VideoDecoder decoder(WeightMemory weights);

    /**
     * {@return latents as the decoder takes them: F32 [frames, height, width, channels], from
     * {@code workspace}}
     *
     * @param workspace gives device memory
     * @param latents host F32 of {@link #latentDims}
     */
    Tensor decodable(Workspace workspace, Tensor latents);
}
