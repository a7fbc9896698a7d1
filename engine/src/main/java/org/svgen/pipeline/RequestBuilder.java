package org.svgen.pipeline;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Makes a {@link Request}, each part by its name. */
public final class RequestBuilder {
    private String prompt = "";
    private String negativePrompt = "";
    private @Nullable Tensor image;
    private int width;
    private int height;
    private int frames;
    private double fps;
    private int steps;
    private double guidance;
    private boolean dynamicGuidance;
    private long seed;
    private AttentionSettings attention;
    private DType dtype = DType.F32;
    private DType llamaRotary = DType.F32;
    private @Nullable Tensor latents;

    RequestBuilder(Defaults defaults) {
        Objects.requireNonNull(defaults, "defaults");
        this.width = defaults.width();
        this.height = defaults.height();
        this.frames = defaults.frames();
        this.fps = defaults.fps();
        this.steps = defaults.steps();
        this.guidance = defaults.guidance();
        this.dynamicGuidance = defaults.dynamicGuidance();
        this.attention = defaults.attention();
    }

    RequestBuilder(Request request) {
        this.prompt = request.prompt();
        this.negativePrompt = request.negativePrompt();
        this.image = request.image();
        this.width = request.width();
        this.height = request.height();
        this.frames = request.frames();
        this.fps = request.fps();
        this.steps = request.steps();
        this.guidance = request.guidance();
        this.dynamicGuidance = request.dynamicGuidance();
        this.seed = request.seed();
        this.attention = request.attention();
        this.dtype = request.dtype();
        this.llamaRotary = request.llamaRotary();
        this.latents = request.latents();
    }

    /**
     * {@return what the video shows}
     *
     * @param prompt what the video shows
     */
    public RequestBuilder prompt(String prompt) {
        this.prompt = Objects.requireNonNull(prompt, "prompt");
        return this;
    }

    /**
     * {@return what guidance leads away from}
     *
     * @param negativePrompt what guidance leads away from
     */
    public RequestBuilder negativePrompt(String negativePrompt) {
        this.negativePrompt = Objects.requireNonNull(negativePrompt, "negativePrompt");
        return this;
    }

    /**
     * {@return the first frame, for image-to-video models: host F32 [height, width, 3] in 0..1, any
     * size}
     *
     * @param image host F32 [H, W, 3] in 0..1
     */
    public RequestBuilder image(@Nullable Tensor image) {
        this.image = image;
        return this;
    }

    /**
     * {@return pixels}
     *
     * @param width in pixels
     * @param height in pixels
     */
    public RequestBuilder size(int width, int height) {
        this.width = width;
        this.height = height;
        return this;
    }

    /**
     * {@return video frames}
     *
     * @param frames number of frames
     */
    public RequestBuilder frames(int frames) {
        this.frames = frames;
        return this;
    }

    /**
     * {@return frames per second of the result; no influence on the content}
     *
     * @param fps frames per second
     */
    public RequestBuilder fps(double fps) {
        this.fps = fps;
        return this;
    }

    /**
     * {@return denoising steps}
     *
     * @param steps denoising steps
     */
    public RequestBuilder steps(int steps) {
        this.steps = steps;
        return this;
    }

    /**
     * {@return classifier-free guidance scale; 1 turns it off}
     *
     * @param guidance how strongly the prompt steers
     */
    public RequestBuilder guidance(double guidance) {
        this.guidance = guidance;
        return this;
    }

    /**
     * {@return whether the scale is raised over the steps by a cosine, as CogVideoX does}
     *
     * @param dynamicGuidance whether guidance rises by a cosine, as CogVideoX does
     */
    public RequestBuilder dynamicGuidance(boolean dynamicGuidance) {
        this.dynamicGuidance = dynamicGuidance;
        return this;
    }

    /**
     * {@return 64 bits as torch takes them}
     *
     * @param seed of the sampled rows
     */
    public RequestBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * {@return how self-attention is computed}
     *
     * @param attention how attention is computed
     */
    public RequestBuilder attention(AttentionSettings attention) {
        this.attention = Objects.requireNonNull(attention, "attention");
        return this;
    }

    /**
     * Of the noise, the latents between steps and the weights: F32 or BF16.
     *
     * @param dtype of noise and latents
     * @return this builder
     */
    public RequestBuilder dtype(DType dtype) {
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        return this;
    }

    /**
     * {@return what the rotary frequencies of a Llama text encoder are rounded to}
     *
     * @param llamaRotary type that the rotary frequencies of a Llama text encoder are rounded to
     */
    public RequestBuilder llamaRotary(DType llamaRotary) {
        this.llamaRotary = Objects.requireNonNull(llamaRotary, "llamaRotary");
        return this;
    }

    /**
     * {@return initial noise in place of the seed's: host F32, laid out as the model's latents}
     *
     * @param latents host F32 or on the device, as said
     */
    public RequestBuilder latents(@Nullable Tensor latents) {
        this.latents = latents;
        return this;
    }

    /** {@return the request} */
    public Request build() {
        return new Request(
                prompt,
                negativePrompt,
                image,
                width,
                height,
                frames,
                fps,
                steps,
                guidance,
                dynamicGuidance,
                seed,
                attention,
                dtype,
                llamaRotary,
                latents);
    }
}
