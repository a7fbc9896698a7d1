package org.svgen.models.cogvideox;

import java.util.List;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.BadInputException;
import org.svgen.text.T5Config;

/** Whether the parts of a checkpoint are ours to run, and made for each other. */
record CogVideoXParts(
        Checkpoint checkpoint, T5Config text, CogVideoXConfig transformer, CogVideoXVaeConfig vae) {

    /**
     * @throws BadInputException if the index lacks a part or names an unknown class
     */
    static void requireKnown(Checkpoint checkpoint) {
        checkpoint.requireComponent("scheduler", Schedulers.CLASSES);
        checkpoint.requireComponent("text_encoder", T5Config.CLASSES);
        checkpoint.requireComponent("transformer", List.of(CogVideoXConfig.CLASS));
        checkpoint.requireComponent("vae", List.of(CogVideoXVaeConfig.CLASS));
    }

    /**
     * @param image the transformer takes an image's latents beside those that it denoises
     * @throws BadInputException if two parts disagree
     */
    void requireMatch(boolean image) {
        int latent = vae.latentChannels();
        require("text_embed_dim", transformer.textEmbedDim(), "text_encoder", text.width());
        require("in_channels", transformer.inChannels(), "vae", image ? 2 * latent : latent);
        require("out_channels", transformer.outChannels(), "vae", latent);
        require(
                "temporal_compression_ratio",
                transformer.temporalCompression(),
                "vae",
                vae.temporalRatio());
    }

    private void require(String key, int found, String component, int expected) {
        if (expected != found) {
            throw new BadInputException(
                    "%s: \"%s\": expected %d, as the %s has it, found %d: they do not belong together"
                            .formatted(
                                    checkpoint.file("transformer", "config.json"),
                                    key,
                                    expected,
                                    component,
                                    found));
        }
    }
}
