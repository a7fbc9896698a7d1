package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.CausalConv;
import org.svgen.vae.DecoderNetwork;
import org.svgen.vae.EncoderNetwork;
import org.svgen.vae.NormedConv;
import org.svgen.vae.Pointwise;
import org.svgen.vae.TileRule;
import org.svgen.vae.VaeBlock;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;
import org.svgen.vae.VaeScale;

/**
 * The causal video autoencoder of HunyuanVideo (diffusers: {@code AutoencoderKLHunyuanVideo}). It
 * works on some frames at a time, so its memory does not grow with the length of the video.
 */
public final class HunyuanVae {
    private HunyuanVae() {}

    /**
     * Loads the decoder alone.
     *
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeDecoder decoder(HunyuanVaeConfig config, WeightSource weights) {
        return decoder(config, weights, HunyuanTiling.DEFAULT);
    }

    static VaeDecoder decoder(HunyuanVaeConfig config, WeightSource weights, HunyuanTiling tiling) {
        return new VaeDecoder(
                config,
                decoderNetwork(config, weights),
                tiles(config, tiling),
                tiling.ofLatents(config.temporalRatio()));
    }

    /**
     * Loads the encoder alone.
     *
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeEncoder encoder(HunyuanVaeConfig config, WeightSource weights) {
        return encoder(config, weights, HunyuanTiling.DEFAULT);
    }

    static VaeEncoder encoder(HunyuanVaeConfig config, WeightSource weights, HunyuanTiling tiling) {
        return new VaeEncoder(
                config,
                encoderNetwork(config, weights),
                tiles(config, tiling),
                tiling.ofVideo(config.temporalRatio()));
    }

    private static TileRule tiles(HunyuanVaeConfig config, HunyuanTiling tiling) {
        return (height, width) -> tiling.tiles(height, width, config.spatialRatio());
    }

    private static DecoderNetwork decoderNetwork(HunyuanVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("decoder");
        List<Integer> channels = config.channels().reversed();
        int latent = config.latentChannels();
        int last = channels.getLast();
        HunyuanLayers layers = new HunyuanLayers(config);
        return new DecoderNetwork(
                Pointwise.load(weights, "post_quant_conv", latent, latent),
                layers.conv(w, "conv_in", latent, channels.getFirst()),
                layers.middle(w),
                VaeBlock.load(
                        w,
                        "up_blocks",
                        channels,
                        config.layersPerBlock() + 1,
                        layers,
                        (block, i, c) -> {
                            VaeScale scale = config.scale(i);
                            return scale.equals(VaeScale.NONE)
                                    ? null
                                    : new HunyuanUpsample(
                                            layers.conv(block, "upsamplers.0.conv", c, c), scale);
                        }),
                new NormedConv(
                        layers.norm(w, "conv_norm_out", last),
                        layers.conv(w, "conv_out", last, config.outChannels())));
    }

    private static EncoderNetwork encoderNetwork(HunyuanVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("encoder");
        List<Integer> channels = config.channels();
        int deepest = channels.getLast();
        int moments = 2 * config.latentChannels();
        HunyuanLayers layers = new HunyuanLayers(config);
        return new EncoderNetwork(
                layers.conv(w, "conv_in", config.inChannels(), channels.getFirst()),
                VaeBlock.load(
                        w,
                        "down_blocks",
                        channels,
                        config.layersPerBlock(),
                        layers,
                        (block, i, c) -> {
                            VaeScale scale = config.scale(i);
                            if (scale.equals(VaeScale.NONE)) {
                                return null;
                            }
                            CausalConv conv = layers.conv(block, "downsamplers.0.conv", c, c);
                            return (pass, x) -> conv.applyTo(pass, x, scale);
                        }),
                layers.middle(w),
                new NormedConv(
                        layers.norm(w, "conv_norm_out", deepest),
                        layers.conv(w, "conv_out", deepest, moments)),
                Pointwise.load(weights, "quant_conv", moments, moments));
    }
}
