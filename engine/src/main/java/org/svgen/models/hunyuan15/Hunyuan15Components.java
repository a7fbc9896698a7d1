package org.svgen.models.hunyuan15;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.guidance.GuiderRules;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;
import org.svgen.vae.VideoEncoder;

/**
 * The parts of a HunyuanVideo-1.5, as its folder has them.
 *
 * @param activation what transformer and autoencoder compute in
 * @param guider how both branches of guidance are joined
 * @param sight how a picture is seen; none in models that begin with text alone
 */
record Hunyuan15Components(
        Checkpoint checkpoint,
        DType activation,
        Hunyuan15Config config,
        Hunyuan15VaeConfig vae,
        GuiderRules guider,
        @Nullable Hunyuan15Sight sight) {
    private static final String TRANSFORMER = "transformer";
    private static final String VAE = "vae";
    private static final String GUIDER = "guider";

    /**
     * Reads all configurations and looks at the shape of every weight; nothing of it is kept.
     *
     * @throws BadInputException if a part is missing or does not fit the others
     */
    static Hunyuan15Components open(Checkpoint checkpoint, DType activation) {
        checkpoint.requireComponent("scheduler", Schedulers.CLASSES);
        checkpoint.requireComponent(TRANSFORMER, List.of(Hunyuan15Config.CLASS));
        checkpoint.requireComponent(VAE, List.of(Hunyuan15VaeConfig.CLASS));
        checkpoint.requireComponent(
                GUIDER,
                Arrays.stream(GuiderRules.Kind.values()).map(GuiderRules.Kind::className).toList());
        Hunyuan15Config config = Hunyuan15Config.read(checkpoint.config(TRANSFORMER));
        boolean picture = checkpoint.pipelineClass().equals(Hunyuan15Family.IMAGE_TO_VIDEO);
        if (config.picture() != picture) {
            throw checkpoint
                    .config(TRANSFORMER)
                    .wrong(
                            "task_type",
                            picture ? "\"i2v\", as the pipeline" : "\"t2v\", as the pipeline");
        }
        Hunyuan15Components all =
                new Hunyuan15Components(
                        checkpoint,
                        activation,
                        config,
                        Hunyuan15VaeConfig.read(checkpoint.config(VAE)),
                        GuiderRules.read(checkpoint.config(GUIDER)),
                        picture ? Hunyuan15Sight.open(checkpoint, config.pictureDim()) : null);
        if (all.vae.latentChannels() != config.outChannels()) {
            throw checkpoint
                    .config(TRANSFORMER)
                    .wrong("out_channels", all.vae.latentChannels() + ", as the vae");
        }
        all.count();
        return all;
    }

    private void count() {
        WeightMemory counted = new WeightCount();
        Hunyuan15TextEncoders.load(checkpoint, counted)
                .require(checkpoint, config.textDim(), config.glyphDim());
        transformer(counted, false);
        decoder(counted);
        if (sight != null) {
            encoder(counted);
            sight.encoder(checkpoint, counted);
        }
    }

    Hunyuan15Transformer transformer(WeightMemory memory, boolean eightBits) {
        EightBitLayers layers = eightBits ? config.eightBits() : EightBitLayers.NONE;
        return Hunyuan15Transformer.load(
                checkpoint.config(TRANSFORMER),
                checkpoint.weights(TRANSFORMER, memory, activation, layers));
    }

    VideoDecoder decoder(WeightMemory memory) {
        return Hunyuan15Vae.decoder(vae, checkpoint.weights(VAE, memory, activation));
    }

    VideoEncoder encoder(WeightMemory memory) {
        return Hunyuan15Vae.encoder(vae, checkpoint.weights(VAE, memory, activation));
    }
}
