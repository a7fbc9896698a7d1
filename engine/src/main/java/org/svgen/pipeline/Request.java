package org.svgen.pipeline;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * One video to make.
 *
 * @param image the first frame for image-to-video models: host F32 [height, width, 3] in 0..1, any
 *     size
 * @param width pixels
 * @param height pixels
 * @param frames video frames
 * @param fps frames per second of the result; no influence on the content
 * @param guidance classifier-free guidance scale; 1 turns it off
 * @param dynamicGuidance raise the scale over the steps by a cosine, as CogVideoX does
 * @param seed 64 bits as torch takes them, told without a sign (see {@link org.svgen.tensor.Seeds})
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
    /** The model's own settings, seed 0, F32. */
    public static Request of(String prompt, Defaults d) {
        return new Request(
                prompt,
                "",
                null,
                d.width(),
                d.height(),
                d.frames(),
                d.fps(),
                d.steps(),
                d.guidance(),
                d.dynamicGuidance(),
                0,
                d.attention(),
                DType.F32,
                DType.F32,
                null);
    }

    public Request withImage(@Nullable Tensor newImage) {
        return with(newImage, width, height, frames, steps, seed, attention, latents);
    }

    public Request withSize(int newWidth, int newHeight, int newFrames) {
        return with(image, newWidth, newHeight, newFrames, steps, seed, attention, latents);
    }

    public Request withSteps(int newSteps) {
        return with(image, width, height, frames, newSteps, seed, attention, latents);
    }

    public Request withSeed(long newSeed) {
        return with(image, width, height, frames, steps, newSeed, attention, latents);
    }

    public Request withAttention(AttentionSettings newAttention) {
        return with(image, width, height, frames, steps, seed, newAttention, latents);
    }

    public Request withLatents(@Nullable Tensor newLatents) {
        return with(image, width, height, frames, steps, seed, attention, newLatents);
    }

    private Request with(
            @Nullable Tensor newImage,
            int w,
            int h,
            int f,
            int s,
            long newSeed,
            AttentionSettings a,
            @Nullable Tensor newLatents) {
        return new Request(
                prompt,
                negativePrompt,
                newImage,
                w,
                h,
                f,
                fps,
                s,
                guidance,
                dynamicGuidance,
                newSeed,
                a,
                dtype,
                llamaRotary,
                newLatents);
    }
}
