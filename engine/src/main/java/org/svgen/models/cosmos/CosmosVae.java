package org.svgen.models.cosmos;

import java.util.ArrayList;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.DecoderNetwork;
import org.svgen.vae.DeepFirst;
import org.svgen.vae.FrameBatches;
import org.svgen.vae.NormedConv;
import org.svgen.vae.Pointwise;
import org.svgen.vae.Resnet;
import org.svgen.vae.VaeBlock;
import org.svgen.vae.VaeDecoder;

/**
 * The decoder of Cosmos 1.0's causal video autoencoder (diffusers: {@code AutoencoderKLCosmos}).
 * Its layers of the lowest resolution, where a place attends to all frames before, see a video as a
 * whole, the others a few frames at a time.
 */
final class CosmosVae {
    /** Latent frames that are decoded at once. */
    private static final int LATENT_FRAMES = 1;

    private CosmosVae() {}

    /**
     * @param weights of the autoencoder
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    static VaeDecoder decoder(CosmosVaeConfig config, WeightSource weights) {
        DecoderNetwork network = network(config, weights);
        return new VaeDecoder(
                config,
                new Wavelets(config.patch()).behind(network.shallow()),
                CosmosTiles.of(config),
                new DeepFirst(network.deep(), new FrameBatches(LATENT_FRAMES)));
    }

    private static DecoderNetwork network(CosmosVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("decoder");
        CosmosLayers layers = new CosmosLayers();
        List<Integer> channels = config.channels().reversed();
        int deepest = channels.getFirst();
        int latent = config.latentChannels();
        int bands = config.outChannels() * config.patch() * config.patch() * config.patch();
        List<VaeBlock> blocks = new ArrayList<>();
        for (int i = 0; i + 1 < channels.size(); i++) {
            WeightSource block = w.at("up_blocks." + i);
            int out = channels.get(i + 1);
            boolean time = config.doublesTime(i);
            boolean space = config.doublesSpace(i);
            blocks.add(
                    new VaeBlock(
                            Resnet.load(
                                    block,
                                    config.resnetsPerBlock() + 1,
                                    channels.get(i),
                                    out,
                                    layers),
                            time || space
                                    ? CosmosUpsample.load(
                                            block.at("upsamplers.0"), out, time, space)
                                    : null,
                            null));
        }
        return new DecoderNetwork(
                Pointwise.load(weights, "post_quant_conv", latent, latent),
                layers.conv(w, "conv_in", latent, deepest),
                layers.middle(w, deepest),
                blocks,
                new NormedConv(
                        layers.norm(w, "norm_out", channels.getLast()),
                        layers.conv(w, "conv_out", channels.getLast(), bands)));
    }
}
