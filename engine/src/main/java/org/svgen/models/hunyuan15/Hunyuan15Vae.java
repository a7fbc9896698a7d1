package org.svgen.models.hunyuan15;

import java.util.ArrayList;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.DecoderNetwork;
import org.svgen.vae.DeepFirst;
import org.svgen.vae.DeepLast;
import org.svgen.vae.EncoderNetwork;
import org.svgen.vae.FrameBatches;
import org.svgen.vae.NormedConv;
import org.svgen.vae.Resample;
import org.svgen.vae.Resnet;
import org.svgen.vae.VaeBlock;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;

/**
 * The causal video autoencoder of HunyuanVideo-1.5 (diffusers: {@code
 * AutoencoderKLHunyuanVideo15}). Its layers of the lowest resolution see a video as a whole. The
 * others work through a few frames at a time and remember what they look back at, so that their
 * memory does not grow with the length of the video.
 */
public final class Hunyuan15Vae {
    /** Latent frames that are decoded at once. */
    private static final int LATENT_FRAMES = 1;

    private Hunyuan15Vae() {}

    /**
     * Loads the decoder alone.
     *
     * @param config of the autoencoder
     * @param weights of the autoencoder
     * @return the decoder
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeDecoder decoder(Hunyuan15VaeConfig config, WeightSource weights) {
        return decoder(config, weights, Hunyuan15Tiles.of(config));
    }

    static VaeDecoder decoder(
            Hunyuan15VaeConfig config, WeightSource weights, Hunyuan15Tiles tiles) {
        DecoderNetwork network = decoderNetwork(config, weights.at("decoder"));
        return new VaeDecoder(
                config,
                network.shallow(),
                tiles,
                new DeepFirst(network.deep(), new FrameBatches(LATENT_FRAMES)));
    }

    /**
     * Loads the encoder alone.
     *
     * @param config of the autoencoder
     * @param weights of the autoencoder
     * @return the encoder; it takes 4 n + 1 frames, if 4 frames become one of latents
     * @throws BadInputException if a weight is missing or of the wrong shape
     */
    public static VaeEncoder encoder(Hunyuan15VaeConfig config, WeightSource weights) {
        return encoder(config, weights, Hunyuan15Tiles.of(config));
    }

    static VaeEncoder encoder(
            Hunyuan15VaeConfig config, WeightSource weights, Hunyuan15Tiles tiles) {
        EncoderNetwork network = encoderNetwork(config, weights.at("encoder"));
        return new VaeEncoder(
                config,
                network.shallow(),
                tiles,
                new DeepLast(
                        new FrameBatches(config.temporalRatio()),
                        network.deep(),
                        config.channels().getLast()));
    }

    private static DecoderNetwork decoderNetwork(Hunyuan15VaeConfig config, WeightSource w) {
        Hunyuan15Layers layers = new Hunyuan15Layers();
        List<Integer> channels = config.channels().reversed();
        int deepest = channels.getFirst();
        List<VaeBlock> blocks = new ArrayList<>();
        int in = deepest;
        for (int i = 0; i < channels.size(); i++) {
            WeightSource block = w.at("up_blocks." + i);
            int out = channels.get(i);
            List<Resnet> resnets = Resnet.load(block, config.layersPerBlock() + 1, in, out, layers);
            boolean changes = i < config.changes();
            in = changes ? config.enlarged(i) : out;
            Resample resample =
                    changes ? Hunyuan15Upsample.load(layers, block, config.up(i), out, in) : null;
            blocks.add(new VaeBlock(resnets, resample, null));
        }
        return new DecoderNetwork(
                null,
                layers.conv(w, "conv_in", config.latentChannels(), deepest),
                (ops, z, x) -> ops.addDuplicated(z, 1, 1, x),
                layers.middle(w, deepest),
                blocks,
                new NormedConv(
                        layers.norm(w, "norm_out", channels.getLast()),
                        layers.conv(w, "conv_out", channels.getLast(), config.outChannels())));
    }

    private static EncoderNetwork encoderNetwork(Hunyuan15VaeConfig config, WeightSource w) {
        Hunyuan15Layers layers = new Hunyuan15Layers();
        List<Integer> channels = config.channels();
        int deepest = channels.getLast();
        List<VaeBlock> blocks = new ArrayList<>();
        int in = channels.getFirst();
        for (int i = 0; i < channels.size(); i++) {
            WeightSource block = w.at("down_blocks." + i);
            int out = channels.get(i);
            List<Resnet> resnets = Resnet.load(block, config.layersPerBlock(), in, out, layers);
            boolean changes = i < config.changes();
            in = changes ? config.reduced(i) : out;
            Resample resample =
                    changes
                            ? Hunyuan15Downsample.load(layers, block, config.down(i), out, in)
                            : null;
            blocks.add(new VaeBlock(resnets, resample, null));
        }
        return new EncoderNetwork(
                layers.conv(w, "conv_in", config.inChannels(), channels.getFirst()),
                blocks,
                layers.middle(w, deepest),
                new NormedConv(
                        layers.norm(w, "norm_out", deepest),
                        layers.conv(w, "conv_out", deepest, 2 * config.latentChannels())),
                (ops, x, moments) -> ops.addAveraged(x, 1, 1, moments),
                null);
    }
}
