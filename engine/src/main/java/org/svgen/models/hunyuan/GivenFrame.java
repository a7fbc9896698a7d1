package org.svgen.models.hunyuan;

import org.svgen.checkpoint.Config;

/** How a model is given the first frame (diffusers: {@code image_condition_type}). */
public enum GivenFrame {
    /** It is not: from text alone. */
    NONE(0),
    /** Its latents take the place of the first latent frame. */
    REPLACED(4),
    /** Its latents are channels beside the sample's, and a mask says which frame they are. */
    BESIDE(2);

    /** Of the black picture beside a negative prompt, whatever the model (diffusers). */
    static final int NEGATIVE_STRIDE = 2;

    private final int stride;

    GivenFrame(int stride) {
        this.stride = stride;
    }

    static GivenFrame read(Config json) {
        if (!json.has("image_condition_type")) {
            return NONE;
        }
        return switch (json.text("image_condition_type")) {
            case "token_replace" -> REPLACED;
            case "latent_concat" -> BESIDE;
            default ->
                    throw json.wrong(
                            "image_condition_type", "null, token_replace or latent_concat");
        };
    }

    /** Latent frames before those of the video, which nobody sees. */
    int leading() {
        return this == BESIDE ? 1 : 0;
    }

    /** From one of Llava's tokens of the picture that the transformer sees to the next. */
    int stride() {
        return stride;
    }

    /** Channels of latents among {@code in} that the transformer takes. */
    int latents(int in) {
        return this == BESIDE ? (in - 1) / 2 : in;
    }

    /** Channels that the transformer takes for latents of {@code latents}. */
    int inChannels(int latents) {
        return this == BESIDE ? 2 * latents + 1 : latents;
    }
}
