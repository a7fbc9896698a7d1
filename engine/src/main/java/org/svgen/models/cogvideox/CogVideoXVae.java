package org.svgen.models.cogvideox;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.DecoderNetwork;
import org.svgen.vae.EncoderNetwork;
import org.svgen.vae.FrameBatches;
import org.svgen.vae.GroupNorm;
import org.svgen.vae.MiddleBlock;
import org.svgen.vae.NormedConv;
import org.svgen.vae.Pointwise;
import org.svgen.vae.VaeBlock;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;

/**
 * The causal video autoencoder of CogVideoX (diffusers: {@code AutoencoderKLCogVideoX}). It works
 * through a few frames at a time and remembers what its convolutions look back at, so its memory
 * does not grow with the length of the video.
 */
public final class CogVideoXVae {
    /** Latent frames that are decoded at once. */
    static final int LATENT_FRAMES = 2;

    /** Frames of a video that are encoded at once. */
    static final int VIDEO_FRAMES = 8;

    private static final double OUT_EPS = 1e-6;

    private CogVideoXVae() {}

    /**
     * Loads the decoder alone.
     *
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeDecoder decoder(CogVideoXVaeConfig config, WeightSource weights) {
        return new VaeDecoder(
                config,
                decoderNetwork(config, weights),
                config::tiles,
                new FrameBatches(LATENT_FRAMES));
    }

    /**
     * Loads the encoder alone.
     *
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeEncoder encoder(CogVideoXVaeConfig config, WeightSource weights) {
        return new VaeEncoder(
                config,
                encoderNetwork(config, weights),
                config::tiles,
                new FrameBatches(VIDEO_FRAMES));
    }

    static DecoderNetwork decoderNetwork(CogVideoXVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("decoder");
        List<Integer> channels = config.channels().reversed();
        int latent = config.latentChannels();
        int deepest = channels.getFirst();
        int last = channels.getLast();
        int groups = config.normGroups();
        CogVideoXLayers layers =
                new CogVideoXLayers((at, name, c) -> SpatialNorm.load(at, name, c, groups, latent));
        return new DecoderNetwork(
                config.postQuantConv()
                        ? Pointwise.load(weights, "post_quant_conv", latent, latent)
                        : null,
                layers.conv(w, "conv_in", latent, deepest),
                MiddleBlock.load(w.at("mid_block"), deepest, layers, List.of()),
                VaeBlock.load(
                        w,
                        "up_blocks",
                        channels,
                        config.layersPerBlock() + 1,
                        layers,
                        (block, i, c) ->
                                i < channels.size() - 1
                                        ? CogVideoXUpsample.load(
                                                block, "upsamplers.0", c, config.compressesTime(i))
                                        : null),
                new NormedConv(
                        layers.norm(w, "norm_out", last),
                        layers.conv(w, "conv_out", last, config.outChannels())));
    }

    static EncoderNetwork encoderNetwork(CogVideoXVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("encoder");
        List<Integer> channels = config.channels();
        int deepest = channels.getLast();
        int groups = config.normGroups();
        int moments = 2 * config.latentChannels();
        CogVideoXLayers layers =
                new CogVideoXLayers(
                        (at, name, c) -> GroupNorm.load(at, name, c, groups, config.normEps()));
        return new EncoderNetwork(
                layers.conv(w, "conv_in", config.inChannels(), channels.getFirst()),
                VaeBlock.load(
                        w,
                        "down_blocks",
                        channels,
                        config.layersPerBlock(),
                        layers,
                        (block, i, c) ->
                                i < channels.size() - 1
                                        ? CogVideoXDownsample.load(
                                                block,
                                                "downsamplers.0",
                                                c,
                                                config.compressesTime(i))
                                        : null),
                MiddleBlock.load(w.at("mid_block"), deepest, layers, List.of()),
                new NormedConv(
                        GroupNorm.load(w, "norm_out", deepest, groups, OUT_EPS),
                        layers.conv(w, "conv_out", deepest, moments)),
                config.quantConv()
                        ? Pointwise.load(weights, "quant_conv", moments, moments)
                        : null);
    }
}
