package org.svgen.vision;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.nn.ClipShape;

/**
 * The sizes of CLIP's vision encoder.
 *
 * @param shape of the blocks
 * @param imageSize height and width of a picture, in pixels
 * @param patchSize height and width of what becomes a token, in pixels
 */
public record ClipVisionConfig(ClipShape shape, int imageSize, int patchSize) {
    /** What such a model calls itself. */
    public static final List<String> CLASSES =
            List.of("CLIPVisionModel", "CLIPVisionModelWithProjection");

    /** What {@code CLIPVisionConfig} of transformers says where nobody else does. */
    private static final Map<String, Integer> USUAL =
            Map.of(
                    "hidden_size", 768,
                    "intermediate_size", 3072,
                    "num_hidden_layers", 12,
                    "num_attention_heads", 12);

    private static final int MAX_IMAGE = 1 << 12;
    private static final int CHANNELS = 3;

    /** Reads the {@code config.json} of a {@code CLIPVisionModel}. */
    public static ClipVisionConfig read(Config config) {
        config.requireClass(CLASSES);
        return sizes(config);
    }

    /** Reads the {@code vision_config} of a larger model, which says what is unusual for CLIP. */
    public static ClipVisionConfig readPart(Config part) {
        return sizes(part.withAbsent(USUAL));
    }

    private static ClipVisionConfig sizes(Config config) {
        config.intIn("num_channels", CHANNELS, CHANNELS, CHANNELS);
        int image = config.intIn("image_size", 1, MAX_IMAGE, 224);
        int patch = config.intIn("patch_size", 1, MAX_IMAGE, 32);
        if (image % patch != 0) {
            throw config.wrong("patch_size", "a divisor of image_size, " + image);
        }
        return new ClipVisionConfig(ClipShape.read(config), image, patch);
    }

    /** Of the embeddings. */
    public int width() {
        return shape.width();
    }

    /** Tokens of a picture: its patches behind one that stands for the whole. */
    public int tokens() {
        return 1 + patches();
    }

    int patches() {
        return imageSize / patchSize * (imageSize / patchSize);
    }

    /** Values of a patch. */
    int patchValues() {
        return CHANNELS * patchSize * patchSize;
    }
}
