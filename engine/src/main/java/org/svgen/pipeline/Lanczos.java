package org.svgen.pipeline;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.svgen.tensor.Tensor;

/**
 * Resizing of pictures with the Lanczos kernel of radius 3, widened when shrinking, as Pillow does.
 */
public final class Lanczos {
    private static final int RADIUS = 3;

    private Lanczos() {}

    /**
     * Resizes as Pillow's Lanczos does.
     *
     * @param arena owns the result
     * @param image host F32 [H, W, 3] in 0..1
     * @param height in pixels
     * @param width in pixels
     * @return host F32 [height, width, 3] in 0..1, owned by {@code arena}; the picture is stretched
     *     where the proportions differ
     */
    public static Tensor resize(Arena arena, Tensor image, int height, int width) {
        int h = image.size(0);
        int w = image.size(1);
        float[] across = alongRows(image.toFloats(), h, w, width);
        float[] turned = transpose(across, h, width);
        float[] down = alongRows(turned, width, h, height);
        float[] out = transpose(down, width, height);
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.clamp(out[i], 0f, 1f);
        }
        return Tensor.of(arena, out, height, width, 3);
    }

    private static float[] alongRows(float[] in, int rows, int from, int to) { // [rows, from, 3]
        if (from == to) {
            return in;
        }
        double scale = (double) from / to;
        double support = RADIUS * Math.max(1, scale);
        float[] out = new float[rows * to * 3];
        for (int x = 0; x < to; x++) {
            double centre = (x + 0.5) * scale;
            int first = Math.max(0, (int) Math.floor(centre - support + 0.5));
            int last = Math.min(from, (int) Math.floor(centre + support + 0.5));
            double[] weights = new double[last - first];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = kernel((first + i - centre + 0.5) / Math.max(1, scale));
            }
            double sum = Arrays.stream(weights).sum();
            for (int y = 0; y < rows; y++) {
                for (int c = 0; c < 3; c++) {
                    double value = 0;
                    for (int i = 0; i < weights.length; i++) {
                        value += weights[i] * in[(y * from + first + i) * 3 + c];
                    }
                    out[(y * to + x) * 3 + c] = (float) (value / sum);
                }
            }
        }
        return out;
    }

    private static float[] transpose(float[] in, int rows, int columns) { // [rows, columns, 3]
        float[] out = new float[in.length];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                System.arraycopy(in, (y * columns + x) * 3, out, (x * rows + y) * 3, 3);
            }
        }
        return out;
    }

    private static double kernel(double x) {
        return Math.abs(x) < RADIUS ? sinc(x) * sinc(x / RADIUS) : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}
