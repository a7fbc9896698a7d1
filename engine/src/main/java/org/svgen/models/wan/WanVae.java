package org.svgen.models.wan;

import java.util.ArrayList;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.DecoderNetwork;
import org.svgen.vae.EncoderNetwork;
import org.svgen.vae.FrameBatches;
import org.svgen.vae.NormedConv;
import org.svgen.vae.Pointwise;
import org.svgen.vae.Resnet;
import org.svgen.vae.VaeBlock;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;
import org.svgen.vae.VaeScale;

/**
 * The causal video autoencoder of Wan 2.1 and, with patches and shortcuts, of Wan 2.2 (diffusers:
 * {@code AutoencoderKLWan}). It works through a few frames at a time and remembers what its
 * convolutions look back at, so its memory does not grow with the length of the video.
 */
public final class WanVae {
    /** Latent frames that are decoded at once. */
    private static final int LATENT_FRAMES = 1;

    private WanVae() {}

    /**
     * Loads the decoder alone.
     *
     * @param config of the autoencoder
     * @param weights of the autoencoder
     * @return the decoder; its pixels are colours
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeDecoder decoder(WanVaeConfig config, WeightSource weights) {
        return new VaeDecoder(
                config,
                WanPatches.behind(decoderNetwork(config, weights), config.patch()),
                WanTiles.ofDecoder(config),
                new FrameBatches(LATENT_FRAMES));
    }

    /**
     * Loads the encoder alone.
     *
     * @param config of the autoencoder
     * @param weights of the autoencoder
     * @return the encoder; it takes 4 n + 1 frames of colours, if 4 frames become one of latents
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeEncoder encoder(WanVaeConfig config, WeightSource weights) {
        return new VaeEncoder(
                config,
                WanPatches.before(encoderNetwork(config, weights), config.patch()),
                WanTiles.ofEncoder(config),
                new FrameBatches(config.temporalRatio()));
    }

    static DecoderNetwork decoderNetwork(WanVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("decoder");
        WanLayers layers = new WanLayers();
        List<Integer> channels = config.decoderChannels().reversed();
        int latent = config.latentChannels();
        int deepest = channels.getFirst();
        List<VaeBlock> blocks = new ArrayList<>();
        int in = deepest;
        for (int i = 0; i <= config.changes(); i++) {
            WeightSource block = w.at("up_blocks." + i);
            int out = channels.get(i);
            int next = config.residual() ? out : out / 2;
            VaeScale scale = config.scale(config.changes() - 1 - i);
            boolean last = i == config.changes();
            String name = config.residual() ? "upsampler" : "upsamplers.0";
            blocks.add(
                    new VaeBlock(
                            Resnet.load(block, config.resnetsPerBlock() + 1, in, out, layers),
                            last ? null : WanUpsample.load(block.at(name), scale, out, next),
                            config.residual() && !last ? new WanDuplicates(scale) : null));
            in = next;
        }
        return new DecoderNetwork(
                Pointwise.load(weights, "post_quant_conv", latent, latent),
                layers.conv(w, "conv_in", latent, deepest),
                layers.middle(w, deepest),
                blocks,
                new NormedConv(
                        layers.norm(w, "norm_out", channels.getLast()),
                        layers.conv(w, "conv_out", channels.getLast(), config.pixelChannels())));
    }

    static EncoderNetwork encoderNetwork(WanVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("encoder");
        WanLayers layers = new WanLayers();
        List<Integer> channels = config.encoderChannels();
        int first = channels.getFirst();
        int deepest = channels.getLast();
        int moments = 2 * config.latentChannels();
        return new EncoderNetwork(
                layers.conv(w, "conv_in", config.pixelChannels(), first),
                config.residual()
                        ? residualBlocks(config, w, layers)
                        : blocksInOneList(config, w, layers),
                layers.middle(w, deepest),
                new NormedConv(
                        layers.norm(w, "norm_out", deepest),
                        layers.conv(w, "conv_out", deepest, moments)),
                Pointwise.load(weights, "quant_conv", moments, moments));
    }

    private static List<VaeBlock> residualBlocks(
            WanVaeConfig config, WeightSource weights, WanLayers layers) {
        List<VaeBlock> blocks = new ArrayList<>();
        int in = config.encoderChannels().getFirst();
        for (int i = 0; i <= config.changes(); i++) {
            WeightSource w = weights.at("down_blocks." + i);
            int out = config.encoderChannels().get(i);
            VaeScale scale = config.scale(i);
            blocks.add(
                    new VaeBlock(
                            Resnet.load(w, config.resnetsPerBlock(), in, out, layers),
                            i == config.changes()
                                    ? null
                                    : WanDownsample.load(w.at("downsampler"), scale, out),
                            new WanAverages(scale)));
            in = out;
        }
        return blocks;
    }

    /** Residual blocks and what resamples are numbered through. */
    private static List<VaeBlock> blocksInOneList(
            WanVaeConfig config, WeightSource weights, WanLayers layers) {
        List<VaeBlock> blocks = new ArrayList<>();
        int in = config.encoderChannels().getFirst();
        int number = 0;
        for (int i = 0; i <= config.changes(); i++) {
            int out = config.encoderChannels().get(i);
            List<Resnet> resnets = new ArrayList<>();
            for (int k = 0; k < config.resnetsPerBlock(); k++) {
                resnets.add(Resnet.load(weights.at("down_blocks." + number++), in, out, layers));
                in = out;
            }
            blocks.add(
                    new VaeBlock(
                            resnets,
                            i == config.changes()
                                    ? null
                                    : WanDownsample.load(
                                            weights.at("down_blocks." + number++),
                                            config.scale(i),
                                            out),
                            null));
        }
        return blocks;
    }
}
