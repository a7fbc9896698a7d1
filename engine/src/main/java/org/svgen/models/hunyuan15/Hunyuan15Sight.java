package org.svgen.models.hunyuan15;

import java.util.List;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.vision.SiglipPicture;
import org.svgen.vision.SiglipVisionConfig;
import org.svgen.vision.SiglipVisionEncoder;

/**
 * How a picture is seen, by models that start from one.
 *
 * @param picture prepares it
 * @param config of the encoder
 */
record Hunyuan15Sight(SiglipPicture picture, SiglipVisionConfig config) {
    static final String ENCODER = "image_encoder";
    private static final String PREPARATION = "feature_extractor";
    private static final List<String> PREPARATIONS =
            List.of("SiglipImageProcessor", "SiglipImageProcessorFast");

    /**
     * @param imageDim the transformer's {@code image_embed_dim}
     * @throws BadInputException if a part is missing or does not fit the others
     */
    static Hunyuan15Sight open(Checkpoint checkpoint, int imageDim) {
        checkpoint.requireComponent(ENCODER, SiglipVisionConfig.CLASSES);
        checkpoint.requireComponent(PREPARATION, PREPARATIONS);
        SiglipVisionConfig config = SiglipVisionConfig.read(checkpoint.config(ENCODER));
        Hunyuan15TextEncoders.require(
                checkpoint, "image_embed_dim", imageDim, ENCODER, config.width());
        return new Hunyuan15Sight(
                SiglipPicture.read(checkpoint.config(PREPARATION), config), config);
    }

    /** The encoder; loading checks its weights. */
    SiglipVisionEncoder encoder(Checkpoint checkpoint, WeightMemory memory) {
        return SiglipVisionEncoder.load(config, checkpoint.weights(ENCODER, memory, DType.F32));
    }
}
