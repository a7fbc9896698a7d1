package org.svgen.models.cosmos;

import java.util.List;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.schedule.EdmEuler;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.vae.VideoDecoder;

/** The networks of a Cosmos, read and checked, to be loaded when they are needed. */
record CosmosComponents(
        Checkpoint checkpoint,
        DType activation,
        T5Config text,
        CosmosConfig config,
        CosmosVaeConfig vae) {
    private static final String TEXT = "text_encoder";
    private static final String TRANSFORMER = "transformer";
    private static final String VAE = "vae";

    /**
     * Reads all configurations and looks at the shape of every weight; nothing of it is kept.
     *
     * @throws BadInputException if a part is missing or does not fit the others
     */
    static CosmosComponents open(Checkpoint checkpoint, DType activation) {
        checkpoint.requireComponent("scheduler", List.of(EdmEuler.CLASS));
        checkpoint.requireComponent(TEXT, T5Config.CLASSES);
        checkpoint.requireComponent(TRANSFORMER, List.of(CosmosConfig.CLASS));
        checkpoint.requireComponent(VAE, List.of(CosmosVaeConfig.CLASS));
        CosmosComponents all =
                new CosmosComponents(
                        checkpoint,
                        activation,
                        T5Config.read(checkpoint.config(TEXT)),
                        CosmosConfig.read(checkpoint.config(TRANSFORMER)),
                        CosmosVaeConfig.read(checkpoint.config(VAE)));
        all.require("text_embed_dim", all.config.textDim(), TEXT, all.text.width());
        all.require("in_channels", all.config.channels(), VAE, all.vae.latentChannels());
        WeightMemory counted = new WeightCount();
        all.textEncoder(counted);
        all.transformer(counted, false);
        all.decoder(counted);
        return all;
    }

    private void require(String key, int found, String component, int expected) {
        if (expected != found) {
            throw new BadInputException(
                    "%s: \"%s\": expected %d, as the %s has it, found %d: they do not belong together"
                            .formatted(
                                    checkpoint.file(TRANSFORMER, "config.json"),
                                    key,
                                    expected,
                                    component,
                                    found));
        }
    }

    T5Encoder textEncoder(WeightMemory memory) {
        return T5Encoder.load(text, checkpoint.weights(TEXT, memory, activation), activation);
    }

    CosmosTransformer transformer(WeightMemory memory, boolean eightBits) {
        EightBitLayers layers = eightBits ? config.eightBits() : EightBitLayers.NONE;
        return CosmosTransformer.load(
                checkpoint.config(TRANSFORMER),
                checkpoint.weights(TRANSFORMER, memory, activation, layers));
    }

    VideoDecoder decoder(WeightMemory memory) {
        return CosmosVae.decoder(vae, checkpoint.weights(VAE, memory, activation));
    }
}
