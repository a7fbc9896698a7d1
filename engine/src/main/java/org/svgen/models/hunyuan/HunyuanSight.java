package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.BadInputException;
import org.svgen.text.LlavaConfig;
import org.svgen.vision.ClipPicture;

/**
 * How Llava sees a picture.
 *
 * @param picture prepares it
 */
record HunyuanSight(ClipPicture picture, LlavaConfig config) {
    private static final String PREPARATION = "image_processor";
    private static final List<String> PREPARATIONS =
            List.of("CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPFeatureExtractor");

    /** That the template has room for. */
    private static final int TOKENS = 576;

    /**
     * @throws BadInputException if a part is missing or does not fit the others
     */
    static HunyuanSight open(Checkpoint checkpoint) {
        checkpoint.requireComponent(PREPARATION, PREPARATIONS);
        LlavaConfig config = LlavaConfig.read(checkpoint.config(HunyuanText.LLAMA));
        if (config.imageTokens() != TOKENS) {
            throw new BadInputException(
                    "%s: vision_config: expected %d patches of a picture, found %d"
                            .formatted(
                                    checkpoint.file(HunyuanText.LLAMA, "config.json"),
                                    TOKENS,
                                    config.imageTokens()));
        }
        return new HunyuanSight(
                ClipPicture.read(checkpoint.config(PREPARATION), config.vision()), config);
    }
}
