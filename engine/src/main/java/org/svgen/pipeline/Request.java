package org.svgen.pipeline;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.setting.FamilySettings;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * One video to make: {@code Request.builder(pipeline.defaults()).prompt("...").steps(30).build()}.
 * Its parts check what holds for all models; {@link VideoPipeline#check} checks the rest, because
 * models differ.
 *
 * @param content what the video shows
 * @param video how large and how long it is
 * @param sampling how noise becomes the video
 * @param attention how attention is computed
 * @param cache which steps are skipped
 * @param settings that only some models have
 */
public record Request(
        Content content,
        VideoSize video,
        Sampling sampling,
        AttentionSettings attention,
        CacheSettings cache,
        FamilySettings settings) {
    /** Checks that nothing is null that must be there. */
    public Request {
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(video, "video");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(settings, "settings");
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

    /** {@return what the video shows} */
    public String prompt() {
        return content.prompt();
    }

    /** {@return what guidance leads away from} */
    public String negativePrompt() {
        return content.negativePrompt();
    }

    /** {@return the first frame; none for models that start from text alone} */
    public @Nullable Tensor image() {
        return content.image();
    }

    /** {@return the last frame, for models that end with one} */
    public @Nullable Tensor lastImage() {
        return content.lastImage();
    }

    /** {@return pixels} */
    public int width() {
        return video.width();
    }

    /** {@return pixels} */
    public int height() {
        return video.height();
    }

    /** {@return video frames} */
    public int frames() {
        return video.frames();
    }

    /** {@return frames per second} */
    public double fps() {
        return video.fps();
    }

    /** {@return denoising steps} */
    public int steps() {
        return sampling.steps();
    }

    /** {@return how strongly the prompt steers} */
    public double guidance() {
        return sampling.guidance();
    }

    /** {@return 64 bits as torch takes them} */
    public long seed() {
        return sampling.seed();
    }

    /**
     * {@return the type of noise and latents, or F8_E4M3: these are F32 then, and {@link
     * #productsInEightBits}}
     */
    public DType dtype() {
        return sampling.dtype();
    }

    /** {@return the type of noise and latents: F32 unless that of {@link #dtype} is BF16} */
    public DType noiseType() {
        return productsInEightBits() ? DType.F32 : dtype();
    }

    /**
     * {@return true if large products within the denoiser's blocks are in 8 bits: weights and
     * inputs are F8_E4M3 with a scale of each row}
     */
    public boolean productsInEightBits() {
        return dtype() == DType.F8_E4M3;
    }

    /** {@return initial noise in place of the seed's} */
    public @Nullable Tensor latents() {
        return sampling.latents();
    }

    /**
     * {@return the value of a setting, or what it is where nothing is said}
     *
     * @param <T> of its values
     * @param setting one that some models have
     * @throws BadInputException if it was set by its name to a value that it does not take
     */
    public <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
