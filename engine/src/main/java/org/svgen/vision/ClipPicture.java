package org.svgen.vision;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Tensor;

/**
 * What transformers' {@code CLIPImageProcessor} does to a picture before the encoder sees it: the
 * shorter edge is resized, the middle is cut out, and colours are normalised.
 *
 * @param edge pixels of the shorter edge after resizing
 * @param stretched whether both edges get so many pixels, whatever the picture's shape
 * @param crop height and width of the middle
 * @param colours how it is resized, and what becomes of its colours
 */
public record ClipPicture(int edge, boolean stretched, int crop, PictureColours colours) {
    private static final List<String> CLASSES =
            List.of("CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPFeatureExtractor");

    private static final List<String> STEPS =
            List.of("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb");

    private static final List<Double> MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
    private static final List<Double> DEVIATION = List.of(0.26862954, 0.26130258, 0.27577711);
    private static final int MAX_EDGE = 1 << 12;

    /**
     * Reads a {@code preprocessor_config.json}.
     *
     * @throws org.svgen.tensor.BadInputException if it asks for other steps than these, or for a
     *     picture of another size than {@code encoder} takes
     */
    public static ClipPicture read(Config config, ClipVisionConfig encoder) {
        PictureColours.requireSteps(config, CLASSES, STEPS);
        int edge = edge(config);
        int crop = crop(config);
        if (crop != encoder.imageSize()) {
            throw config.wrong(
                    "crop_size", "the image encoder's image_size, " + encoder.imageSize());
        }
        if (edge < crop) {
            throw config.wrong("size", "a shortest_edge of crop_size, %d, or more".formatted(crop));
        }
        return new ClipPicture(
                edge, stretched(config), crop, PictureColours.read(config, MEAN, DEVIATION));
    }

    private static int edge(Config config) {
        if (!config.isSection("size")) {
            return config.intIn("size", 1, MAX_EDGE, 224);
        }
        Config size = config.section("size").orElseThrow();
        if (!stretched(config)) {
            return size.intIn("shortest_edge", 1, MAX_EDGE);
        }
        int height = size.intIn("height", 1, MAX_EDGE);
        if (size.intIn("width", 1, MAX_EDGE) != height) {
            throw config.wrong("size", "a width like the height, " + height);
        }
        return height;
    }

    private static boolean stretched(Config config) {
        if (!config.isSection("size")) {
            return false;
        }
        List<String> keys = config.section("size").orElseThrow().keys();
        boolean both = Set.copyOf(keys).equals(Set.of("height", "width"));
        if (!both && !keys.equals(List.of("shortest_edge"))) {
            throw config.wrong("size", "a shortest_edge, or height and width");
        }
        return both;
    }

    private static int crop(Config config) {
        if (!config.isSection("crop_size")) {
            return config.intIn("crop_size", 1, MAX_EDGE, 224);
        }
        Config size = config.section("crop_size").orElseThrow();
        int height = size.intIn("height", 1, MAX_EDGE);
        if (size.intIn("width", 1, MAX_EDGE) != height) {
            throw config.wrong("crop_size", "a width like the height, " + height);
        }
        return height;
    }

    /**
     * Prepares a picture.
     *
     * @param arena owns the result
     * @param image host F32 [H, W, 3] in 0..1
     * @return host F32 [3, crop, crop]
     */
    public Tensor pixels(Arena arena, Tensor image) {
        int shorter = Math.min(image.size(0), image.size(1));
        int height = edge(image.size(0), shorter);
        int width = edge(image.size(1), shorter);
        float[] resized = colours.resized(image, height, width);
        int top = (height - crop) / 2;
        int left = (width - crop) / 2;
        return colours.planes(arena, resized, width, top, left, crop);
    }

    private int edge(int length, int shorter) {
        return stretched ? edge : (int) ((double) ((long) edge * length) / shorter);
    }
}
