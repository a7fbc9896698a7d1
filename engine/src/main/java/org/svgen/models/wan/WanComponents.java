package org.svgen.models.wan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.vae.VideoDecoder;
import org.svgen.vae.VideoEncoder;
import org.svgen.vision.ClipPicture;
import org.svgen.vision.ClipVisionConfig;
import org.svgen.vision.ClipVisionEncoder;

/**
 * The networks of a Wan, read and checked, to be loaded when they are needed.
 *
 * @param config of all transformers
 * @param sight how a picture is seen, for models that look at one
 */
record WanComponents(
        Checkpoint checkpoint,
        DType activation,
        WanKind kind,
        T5Config text,
        WanConfig config,
        WanVaeConfig vae,
        @Nullable Sight sight) {
    private static final String TEXT = "text_encoder";
    private static final String VAE = "vae";
    private static final String IMAGE = "image_encoder";
    private static final String PREPARATION = "image_processor";
    private static final List<String> PREPARATIONS =
            List.of("CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPFeatureExtractor");

    /**
     * How a picture is seen.
     *
     * @param picture prepares it
     * @param config of the encoder
     */
    record Sight(ClipPicture picture, ClipVisionConfig config) {}

    /**
     * Reads all configurations and looks at the shape of every weight; nothing of it is kept.
     *
     * @throws BadInputException if a part is missing or does not fit the others
     */
    static WanComponents open(Checkpoint checkpoint, DType activation) {
        checkpoint.requireComponent("scheduler", Schedulers.CLASSES);
        checkpoint.requireComponent(TEXT, T5Config.CLASSES);
        checkpoint.requireComponent(WanKind.HIGH, List.of(WanConfig.CLASS));
        checkpoint.requireComponent(VAE, List.of(WanVaeConfig.CLASS));
        WanKind kind = WanKind.read(checkpoint);
        WanConfig config = WanConfig.read(checkpoint.config(WanKind.HIGH));
        WanComponents all =
                new WanComponents(
                        checkpoint,
                        activation,
                        kind,
                        T5Config.read(checkpoint.config(TEXT)),
                        config,
                        WanVaeConfig.read(checkpoint.config(VAE)),
                        config.imageDim().isPresent() ? sight(checkpoint) : null);
        new WanMatch(all).require();
        all.count();
        return all;
    }

    private static Sight sight(Checkpoint checkpoint) {
        checkpoint.requireComponent(IMAGE, ClipVisionConfig.CLASSES);
        checkpoint.requireComponent(PREPARATION, PREPARATIONS);
        ClipVisionConfig config = ClipVisionConfig.read(checkpoint.config(IMAGE));
        return new Sight(ClipPicture.read(checkpoint.config(PREPARATION), config), config);
    }

    private void count() {
        WeightMemory counted = new WeightCount();
        textEncoder(counted);
        transformer(WanKind.HIGH, counted, false);
        if (kind.boundary().isPresent()) {
            transformer(WanKind.LOW, counted, false);
        }
        decoder(counted);
        if (kind.takesPictures()) {
            encoder(counted);
        }
        if (sight != null) {
            pictureEncoder(sight, counted);
        }
    }

    T5Encoder textEncoder(WeightMemory memory) {
        return T5Encoder.load(text, checkpoint.weights(TEXT, memory, activation), activation);
    }

    WanTransformer transformer(String component, WeightMemory memory, boolean eightBits) {
        Config given = checkpoint.config(component);
        EightBitLayers layers = eightBits ? WanConfig.read(given).eightBits() : EightBitLayers.NONE;
        return WanTransformer.load(
                given, checkpoint.weights(component, memory, activation, layers));
    }

    VideoDecoder decoder(WeightMemory memory) {
        return WanVae.decoder(vae, checkpoint.weights(VAE, memory, activation));
    }

    VideoEncoder encoder(WeightMemory memory) {
        return WanVae.encoder(vae, checkpoint.weights(VAE, memory, activation));
    }

    ClipVisionEncoder pictureEncoder(Sight seen, WeightMemory memory) {
        return ClipVisionEncoder.load(seen.config(), checkpoint.weights(IMAGE, memory, DType.F32));
    }
}
