package org.svgen.vision;

import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import org.svgen.tensor.Tensor;

/**
 * Resizing of pictures with Pillow's Lanczos kernel, in floating point: nothing is rounded to 8
 * bits on the way.
 */
public final class Lanczos {
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
        float[] narrow = across(image, width);
        float[] out = down(narrow, image.size(0), height, width);
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.clamp(out[i], 0f, 1f);
        }
        return Tensor.of(arena, out, height, width, 3);
    }

    private static float[] across(Tensor image, int to) { // [H, to, 3]
        int from = image.size(1);
        if (from == to) {
            return image.toFloats();
        }
        Taps[] taps = Taps.of(Kernel.LANCZOS, from, to);
        float[] out = new float[Math.multiplyExact(3 * to, image.size(0))];
        PictureRows.forEach(image, (y, block, start) -> row(block, start, taps, out, 3 * y * to));
        return out;
    }

    private static void row(float[] in, int from, Taps[] taps, float[] out, int to) {
        for (int x = 0; x < taps.length; x++) {
            Taps t = taps[x];
            double red = 0;
            double green = 0;
            double blue = 0;
            for (int i = 0, at = from + 3 * t.first(); i < t.weights().length; i++, at += 3) {
                red += t.weights()[i] * in[at];
                green += t.weights()[i] * in[at + 1];
                blue += t.weights()[i] * in[at + 2];
            }
            out[to + 3 * x] = (float) (red / t.sum());
            out[to + 3 * x + 1] = (float) (green / t.sum());
            out[to + 3 * x + 2] = (float) (blue / t.sum());
        }
    }

    private static float[] down(float[] in, int from, int to, int width) { // [to, width, 3]
        if (from == to) {
            return in;
        }
        int row = 3 * width;
        Taps[] taps = Taps.of(Kernel.LANCZOS, from, to);
        float[] out = new float[Math.multiplyExact(row, to)];
        IntStream.range(0, to)
                .parallel()
                .forEach(y -> {
                    Taps t = taps[y];
                    double[] sums = new double[row];
                    for (int i = 0; i < t.weights().length; i++) {
                        int at = (t.first() + i) * row;
                        for (int x = 0; x < row; x++) {
                            sums[x] += t.weights()[i] * in[at + x];
                        }
                    }
                    for (int x = 0; x < row; x++) {
                        out[y * row + x] = (float) (sums[x] / t.sum());
                    }
                });
        return out;
    }
}
