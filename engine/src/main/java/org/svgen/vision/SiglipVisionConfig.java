package org.svgen.vision;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.nn.ClipShape;

/**
 * The sizes of SigLIP's vision encoder.
 *
 * @param shape of the blocks, which are built as CLIP's
 * @param imageSize height and width of a picture, in pixels
 * @param patchSize height and width of what becomes a token, in pixels; what is left of a picture
 *     at its right and its bottom is seen by nobody, as 6 of 384 pixels in patches of 14
 */
public record SiglipVisionConfig(ClipShape shape, int imageSize, int patchSize) {
    /** What such a model calls itself. */
    public static final List<String> CLASSES = List.of("SiglipVisionModel");

    private static final int MAX_IMAGE = 1 << 12;
    private static final int CHANNELS = 3;

    /** Reads the {@code config.json} of a {@code SiglipVisionModel}. */
    public static SiglipVisionConfig read(Config config) {
        config.requireClass(CLASSES);
        config.intIn("num_channels", CHANNELS, CHANNELS, CHANNELS);
        int image = config.intIn("image_size", 1, MAX_IMAGE, 224);
        int patch = config.intIn("patch_size", 1, MAX_IMAGE, 16);
        if (patch > image) {
            throw config.wrong("patch_size", "at most image_size, " + image);
        }
        return new SiglipVisionConfig(ClipShape.readSiglip(config), image, patch);
    }

    /** Of the embeddings. */
    public int width() {
        return shape.width();
    }

    /** Tokens of a picture: its patches. */
    public int tokens() {
        int along = imageSize / patchSize;
        return along * along;
    }

    /** Height and width of what patches cover, in pixels. */
    public int side() {
        return imageSize / patchSize * patchSize;
    }

    /** Values of a patch. */
    int patchValues() {
        return CHANNELS * patchSize * patchSize;
    }
}
