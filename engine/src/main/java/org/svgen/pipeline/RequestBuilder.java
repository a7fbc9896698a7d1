package org.svgen.pipeline;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.setting.FamilySettings;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Makes a {@link Request}, each part by its name. */
public final class RequestBuilder {
    private String prompt;
    private String negativePrompt;
    private @Nullable Tensor image;
    private @Nullable Tensor lastImage;
    private int width;
    private int height;
    private int frames;
    private double fps;
    private int steps;
    private double guidance;
    private long seed;
    private DType dtype;
    private @Nullable Tensor latents;
    private AttentionBuilder attention;
    private CacheBuilder cache;
    private FamilySettings settings;
    private final FamilySettings before; // as this began
    private boolean stepsSaid; // else they may follow a list of times

    RequestBuilder(Defaults defaults) {
        this(
                new Content("", "", null, null),
                Objects.requireNonNull(defaults, "defaults").video(),
                defaults.sampling(),
                defaults.attention(),
                defaults.cache(),
                defaults.settings());
    }

    RequestBuilder(Request request) {
        this(
                request.content(),
                request.video(),
                request.sampling(),
                request.attention(),
                request.cache(),
                request.settings());
    }

    private RequestBuilder(
            Content content,
            VideoSize video,
            Sampling sampling,
            AttentionSettings attention,
            CacheSettings cache,
            FamilySettings settings) {
        this.prompt = content.prompt();
        this.negativePrompt = content.negativePrompt();
        this.image = content.image();
        this.lastImage = content.lastImage();
        this.width = video.width();
        this.height = video.height();
        this.frames = video.frames();
        this.fps = video.fps();
        this.steps = sampling.steps();
        this.guidance = sampling.guidance();
        this.seed = sampling.seed();
        this.dtype = sampling.dtype();
        this.latents = sampling.latents();
        this.attention = attention.toBuilder();
        this.cache = cache.toBuilder();
        this.settings = settings;
        this.before = settings;
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
     * {@return the last frame, for models that end with one: host F32 [height, width, 3] in 0..1,
     * any size}
     *
     * @param lastImage host F32 [H, W, 3] in 0..1
     */
    public RequestBuilder lastImage(@Nullable Tensor lastImage) {
        this.lastImage = lastImage;
        return this;
    }

    /**
     * {@return pixels}
     *
     * @param width in pixels
     * @param height in pixels
     */
    public RequestBuilder size(int width, int height) {
        return width(width).height(height);
    }

    RequestBuilder width(int width) {
        this.width = width;
        return this;
    }

    RequestBuilder height(int height) {
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
     * {@return denoising steps} A list of times that came with the defaults does not hold for
     * another number of them.
     *
     * @param steps denoising steps
     */
    public RequestBuilder steps(int steps) {
        this.steps = steps;
        this.stepsSaid = true;
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
     * {@return 64 bits as torch takes them}
     *
     * @param seed of the noise and of the sampled rows
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
        this.attention = Objects.requireNonNull(attention, "attention").toBuilder();
        return this;
    }

    AttentionBuilder attention() {
        return attention;
    }

    /**
     * {@return what a target of PSNR goes by, in place of the model's own}
     *
     * @param calibration of the model
     */
    public RequestBuilder calibration(Calibration calibration) {
        attention.calibration(Objects.requireNonNull(calibration, "calibration"));
        return this;
    }

    /**
     * {@return which steps are skipped}
     *
     * @param cache which steps are skipped
     */
    public RequestBuilder cache(CacheSettings cache) {
        this.cache = Objects.requireNonNull(cache, "cache").toBuilder();
        return this;
    }

    CacheBuilder cache() {
        return cache;
    }

    /**
     * Of the noise, the latents between steps and the weights: F32 or BF16.
     *
     * @param dtype of noise and latents, or F8_E4M3 for products in 8 bits: {@link Request#dtype}
     * @return this builder
     */
    public RequestBuilder dtype(DType dtype) {
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        return this;
    }

    /**
     * {@return initial noise in place of the seed's: host F32, laid out as the model's latents}
     *
     * @param latents host F32
     */
    public RequestBuilder latents(@Nullable Tensor latents) {
        this.latents = latents;
        return this;
    }

    /**
     * {@return a setting that only some models have}
     *
     * @param <T> of its values
     * @param setting one that a family of models has
     * @param value for it
     * @throws BadInputException if the setting does not take the value
     */
    public <T> RequestBuilder set(Setting<T> setting, T value) {
        Objects.requireNonNull(setting, "setting");
        this.settings = settings.with(setting, value);
        return this;
    }

    /**
     * Sets what a file, a form or another program calls by its name: a field of this request other
     * than its tensors, or else a setting that only some models have. {@link VideoPipeline#check}
     * refuses what such a setting does not take, and {@link VideoPipeline#unused} tells of one that
     * the model does not have.
     *
     * @param name in camelCase: {@code denseSteps}
     * @param value as JSON has it: true, false, a number or a text
     * @return this builder
     * @throws BadInputException if the field does not take the value, or the name is one of a file
     *     ({@code dense_steps}): it would become a setting that no model has
     */
    public RequestBuilder set(String name, Object value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (name.contains("_")) {
            throw new BadInputException(
                    "expected the name of a setting in camelCase such as denseSteps, found "
                            + name);
        }
        Optional<RequestPart<?>> part = RequestPart.of(name);
        if (part.isPresent()) {
            part.get().set(value, this);
        } else {
            this.settings = settings.with(name, value);
        }
        return this;
    }

    /**
     * {@return the request}
     *
     * @throws BadInputException naming the first field that is wrong
     */
    public Request build() {
        Timesteps.Agreed agreed = Timesteps.agreed(before, settings, steps, stepsSaid);
        return new Request(
                new Content(prompt, negativePrompt, image, lastImage),
                new VideoSize(width, height, frames, fps),
                new Sampling(agreed.steps(), guidance, seed, dtype, latents),
                attention.build(),
                cache.build(),
                agreed.settings());
    }
}
