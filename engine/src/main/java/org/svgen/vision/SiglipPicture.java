package org.svgen.vision;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Tensor;

/**
 * What transformers' {@code SiglipImageProcessor} does to a picture before the encoder sees it: it
 * is resized to a square, whatever its shape, and colours are normalised.
 *
 * @param edge height and width after resizing
 * @param side as much of them as patches cover, from the top left
 * @param colours how it is resized, and what becomes of its colours
 */
public record SiglipPicture(int edge, int side, PictureColours colours) {
    private static final List<String> CLASSES =
            List.of("SiglipImageProcessor", "SiglipImageProcessorFast");

    private static final List<String> STEPS =
            List.of("do_resize", "do_rescale", "do_normalize", "do_convert_rgb");

    private static final List<Double> HALF = Collections.nCopies(3, 0.5);
    private static final int MAX_EDGE = 1 << 12;

    /**
     * Reads a {@code preprocessor_config.json}.
     *
     * @throws org.svgen.tensor.BadInputException if it asks for other steps than these, or for a
     *     picture of another size than {@code encoder} takes
     */
    public static SiglipPicture read(Config config, SiglipVisionConfig encoder) {
        PictureColours.requireSteps(config, CLASSES, STEPS);
        int edge = encoder.imageSize();
        if (config.has("size")) {
            Config size = config.section("size").orElseThrow();
            for (String key : List.of("height", "width")) {
                if (size.intIn(key, 1, MAX_EDGE) != edge) {
                    throw config.wrong(
                            "size",
                            "the image encoder's image_size, %d x %d".formatted(edge, edge));
                }
            }
        }
        return new SiglipPicture(edge, encoder.side(), PictureColours.read(config, HALF, HALF));
    }

    /**
     * Prepares a picture.
     *
     * @param arena owns the result
     * @param image host F32 [H, W, 3] in 0..1
     * @return host F32 [3, side, side]
     */
    public Tensor pixels(Arena arena, Tensor image) {
        return colours.planes(arena, colours.resized(image, edge, edge), edge, 0, 0, side);
    }
}
