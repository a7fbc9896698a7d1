package org.svgen.pipeline;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * One video to make: {@code Request.builder(pipeline.defaults()).prompt("...").steps(30).build()}.
 * What it says is checked by {@link VideoPipeline#check}, because models differ.
 *
 * @param prompt what the video shows
 * @param negativePrompt what guidance leads away from
 * @param image the first frame for image-to-video models: host F32 [height, width, 3] in 0..1, any
 *     size
 * @param width pixels
 * @param height pixels
 * @param frames video frames
 * @param fps frames per second of the result; no influence on the content
 * @param steps denoising steps
 * @param guidance classifier-free guidance scale; 1 turns it off
 * @param dynamicGuidance raise the scale over the steps by a cosine, as CogVideoX does
 * @param seed 64 bits as torch takes them, told without a sign (see {@link
 *     org.svgen.tensor.random.Seeds})
 * @param attention how attention is computed
 * @param dtype of the noise, the latents between steps and the weights: F32 or BF16
 * @param llamaRotary type that the rotary frequencies of a Llama text encoder are rounded to: F32,
 *     as diffusers loads them, F16 or BF16, as in models that were cast as a whole; others have
 *     none
 * @param latents initial noise in place of the seed's: host F32, laid out as the model's latents
 */
public record Request(
        String prompt,
        String negativePrompt,
        @Nullable Tensor image,
        int width,
        int height,
        int frames,
        double fps,
        int steps,
        double guidance,
        boolean dynamicGuidance,
        long seed,
        AttentionSettings attention,
        DType dtype,
        DType llamaRotary,
        @Nullable Tensor latents) {
    /** Checks that nothing is null that must be there. */
    public Request {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negativePrompt, "negativePrompt");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(llamaRotary, "llamaRotary");
    }

    /**
     * {@return the model's own settings, seed 0, F32}
     *
     * @param prompt what the video shows
     * @param defaults what the model recommends
     */
    public static Request of(String prompt, Defaults defaults) {
        return builder(defaults).prompt(prompt).build();
    }

    /**
     * Begins with the model's own settings, no prompt, seed 0, F32.
     *
     * @param defaults what the model recommends
     * @return a builder
     */
    public static RequestBuilder builder(Defaults defaults) {
        return new RequestBuilder(defaults);
    }

    /**
     * Begins with this request, to change some of it.
     *
     * @return a builder
     */
    public RequestBuilder toBuilder() {
        return new RequestBuilder(this);
    }
}
