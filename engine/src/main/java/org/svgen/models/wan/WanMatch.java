package org.svgen.models.wan;

import java.util.OptionalInt;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.BadInputException;

/** Whether the parts of a Wan are made for each other. */
record WanMatch(WanComponents all) {
    /**
     * @throws BadInputException if two parts disagree, naming the transformer's file and key
     */
    void require() {
        WanConfig c = all.config();
        int latents = all.vae().latentChannels();
        require("text_dim", c.textDim(), "text_encoder", all.text().width());
        require("out_channels", c.outChannels(), "vae", latents);
        // A mask of each frame that a latent stands for, and the latents of the pictures.
        int joined = all.kind().joinsChannels() ? all.vae().temporalRatio() + latents : 0;
        require("in_channels", c.inChannels(), "vae", latents + joined);
        requireSight(c);
        if (c.patchSizeT() != 1) {
            throw checkpoint()
                    .config(WanKind.HIGH)
                    .wrong("patch_size", "1 in time, since the first frame stands apart");
        }
        if (all.kind().boundary().isPresent()) {
            requireSame(c, WanConfig.read(checkpoint().config(WanKind.LOW)));
        }
    }

    private Checkpoint checkpoint() {
        return all.checkpoint();
    }

    private void requireSight(WanConfig c) {
        WanComponents.Sight sight = all.sight();
        if (sight == null) {
            return;
        }
        if (!all.kind().joinsChannels()) {
            throw checkpoint()
                    .config(WanKind.HIGH)
                    .wrong("image_dim", "null, as the pipeline gives it no picture to look at");
        }
        require("image_dim", c.imageDim().orElseThrow(), "image_encoder", sight.config().width());
        if (c.imagePositions().isPresent()) {
            int two = 2 * sight.config().tokens();
            require("pos_embed_seq_len", c.imagePositions().getAsInt(), "image_encoder", two);
        }
    }

    /** Experts go on where the other stopped, so they are of one shape. */
    private void requireSame(WanConfig high, WanConfig low) {
        same("num_layers", low.layers(), high.layers());
        same("num_attention_heads", low.heads(), high.heads());
        same("attention_head_dim", low.headDim(), high.headDim());
        same("in_channels", low.inChannels(), high.inChannels());
        same("out_channels", low.outChannels(), high.outChannels());
        same("text_dim", low.textDim(), high.textDim());
        same("image_dim", number(low.imageDim()), number(high.imageDim()));
        same("pos_embed_seq_len", number(low.imagePositions()), number(high.imagePositions()));
        same("rope_max_seq_len", low.positions(), high.positions());
        same("patch_size", low.patchSize(), high.patchSize());
    }

    private static int number(OptionalInt value) {
        return value.orElse(0);
    }

    private void same(String key, int found, int expected) {
        require(WanKind.LOW, key, found, WanKind.HIGH, expected);
    }

    private void require(String key, int found, String component, int expected) {
        require(WanKind.HIGH, key, found, component, expected);
    }

    private void require(String of, String key, int found, String component, int expected) {
        if (expected != found) {
            throw new BadInputException(
                    "%s: \"%s\": expected %d, as the %s has it, found %d: they do not belong together"
                            .formatted(
                                    checkpoint().file(of, "config.json"),
                                    key,
                                    expected,
                                    component,
                                    found));
        }
    }
}
