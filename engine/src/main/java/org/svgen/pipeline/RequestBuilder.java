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

    /** What the video shows. */
    public RequestBuilder prompt(String prompt) {
        this.prompt = Objects.requireNonNull(prompt, "prompt");
        return this;
    }

    /** What guidance leads away from. */
    public RequestBuilder negativePrompt(String negativePrompt) {
        this.negativePrompt = Objects.requireNonNull(negativePrompt, "negativePrompt");
        return this;
    }

    /**
     * The first frame, for image-to-video models: host F32 [height, width, 3] in 0..1, any size.
     */
    public RequestBuilder image(@Nullable Tensor image) {
        this.image = image;
        return this;
    }

    /** Pixels. */
    public RequestBuilder size(int width, int height) {
        this.width = width;
        this.height = height;
        return this;
    }

    /** Video frames. */
    public RequestBuilder frames(int frames) {
        this.frames = frames;
        return this;
    }

    /** Frames per second of the result; no influence on the content. */
    public RequestBuilder fps(double fps) {
        this.fps = fps;
        return this;
    }

    /** Denoising steps. */
    public RequestBuilder steps(int steps) {
        this.steps = steps;
        return this;
    }

    /** Classifier-free guidance scale; 1 turns it off. */
    public RequestBuilder guidance(double guidance) {
        this.guidance = guidance;
        return this;
    }

    /** Whether the scale is raised over the steps by a cosine, as CogVideoX does. */
    public RequestBuilder dynamicGuidance(boolean dynamicGuidance) {
        this.dynamicGuidance = dynamicGuidance;
        return this;
    }

    /** 64 bits as torch takes them. */
    public RequestBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** How self-attention is computed. */
    public RequestBuilder attention(AttentionSettings attention) {
        this.attention = Objects.requireNonNull(attention, "attention");
        return this;
    }

    /** Of the noise, the latents between steps and the weights: F32 or BF16. */
    public RequestBuilder dtype(DType dtype) {
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        return this;
    }

    /** What the rotary frequencies of a Llama text encoder are rounded to. */
    public RequestBuilder llamaRotary(DType llamaRotary) {
        this.llamaRotary = Objects.requireNonNull(llamaRotary, "llamaRotary");
        return this;
    }

    /** Initial noise in place of the seed's: host F32, laid out as the model's latents. */
    public RequestBuilder latents(@Nullable Tensor latents) {
        this.latents = latents;
        return this;
    }

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
