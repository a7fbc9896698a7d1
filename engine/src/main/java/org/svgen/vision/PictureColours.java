package org.svgen.vision;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Tensor;
import org.svgen.vision.ByteResize.Weights;

/**
 * What the image processors of transformers have in common: how they resize, and what becomes of
 * colours.
 *
 * @param kernel that resizes
 * @param scale multiplies a colour of 0 to 255
 * @param mean of each colour, taken off
 * @param deviation of each colour, divided by
 */
public record PictureColours(
        Kernel kernel, double scale, List<Double> mean, List<Double> deviation) {
    // Pillow's numbers of its kernels.
    private static final int LANCZOS = 1;
    private static final int BICUBIC = 3;

    /**
     * Checks what a {@code preprocessor_config.json} says of itself.
     *
     * @param classes what the processor may call itself
     * @param steps what it must not leave out
     */
    static void requireSteps(Config config, List<String> classes, List<String> steps) {
        for (String key : List.of("image_processor_type", "feature_extractor_type")) {
            if (!classes.contains(config.text(key, classes.getFirst()))) {
                throw config.wrong(key, String.join(" or ", classes));
            }
        }
        for (String step : steps) {
            if (!config.flag(step, true)) {
                throw config.wrong(step, "true");
            }
        }
    }

    /**
     * @param mean where the configuration says none
     * @param deviation where the configuration says none
     */
    static PictureColours read(Config config, List<Double> mean, List<Double> deviation) {
        return new PictureColours(
                kernel(config),
                config.numberIn("rescale_factor", 0, 1, 1 / 255.0),
                colours(config, "image_mean", 0, mean),
                colours(config, "image_std", 1e-3, deviation));
    }

    private static Kernel kernel(Config config) {
        return switch (config.intIn("resample", 0, 5, BICUBIC)) {
            case LANCZOS -> Kernel.LANCZOS;
            case BICUBIC -> Kernel.BICUBIC;
            default -> throw config.wrong("resample", "1 (Lanczos) or 3 (bicubic)");
        };
    }

    private static List<Double> colours(
            Config config, String key, double least, List<Double> absent) {
        if (!config.has(key)) {
            return absent;
        }
        List<Double> colours = config.numbersIn(key, least, 1);
        if (colours.size() != absent.size()) {
            throw config.wrong(key, "three numbers");
        }
        return colours;
    }

    /** {@code image} [H, W, 3] in 0..1, resized: [height, width, 3] in 0..1. */
    float[] resized(Tensor image, int height, int width) {
        try (Arena passing = Arena.ofConfined()) {
            return new ByteResize(kernel, Weights.TORCH)
                    .resize(passing, image, height, width)
                    .toFloats();
        }
    }

    /**
     * A square of a resized picture, normalised.
     *
     * @param resized [height, width, 3] in 0..1
     * @return host F32 [3, side, side]
     */
    Tensor planes(Arena arena, float[] resized, int width, int top, int left, int side) {
        float[] out = new float[3 * side * side];
        for (int i = 0; i < out.length; i++) {
            int channel = i / (side * side);
            int y = top + i / side % side;
            int x = left + i % side;
            out[i] = normalised(resized[(y * width + x) * 3 + channel], channel);
        }
        return Tensor.of(arena, out, 3, side, side);
    }

    private float normalised(float value, int channel) {
        float scaled = (float) (Math.round(value * 255) * scale);
        return (scaled - mean.get(channel).floatValue()) / deviation.get(channel).floatValue();
    }
}
