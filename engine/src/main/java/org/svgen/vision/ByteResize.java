package org.svgen.vision;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.svgen.tensor.Tensor;

/**
 * Resizing of pictures of 8 bits bit by bit as Python's libraries do it: rows, then columns, each
 * in fixed point, each result rounded to 8 bits.
 */
public record ByteResize(Kernel kernel, Weights weights) {
    private static final float WHITE = 255;

    /** How fine the weights are. */
    public enum Weights {
        /** 22 bits behind the point, as in Pillow. */
        PILLOW {
            @Override
            int bits(double largest) {
                return MOST_BITS;
            }
        },

        /**
         * As many bits as leave the largest weight in 16 bits, as torch's {@code interpolate} has
         * them for bytes. Image processors of transformers 5 use it.
         */
        TORCH {
            @Override
            int bits(double largest) {
                int bits = 0;
                while (bits < MOST_BITS && (int) (0.5 + largest * (2 << bits)) <= Short.MAX_VALUE) {
                    bits++;
                }
                return bits;
            }
        };

        private static final int MOST_BITS = 22;

        /** Behind the point. */
        abstract int bits(double largest);
    }

    /** Weights in fixed point, which add up to about {@code 1 << bits}. */
    private record Fixed(int bits, int[] first, int[][] weights) {
        int rounded(int sum) {
            return Math.clamp(sum >> bits, 0, (int) WHITE);
        }

        int half() {
            return 1 << (bits - 1);
        }
    }

    /**
     * Resizes a picture. What is no multiple of 1/255 is rounded to one first.
     *
     * @param arena owns the result
     * @param image host F32 [H, W, 3] in 0..1
     * @param height in pixels
     * @param width in pixels
     * @return host F32 [height, width, 3], multiples of 1/255 in 0..1
     */
    public Tensor resize(Arena arena, Tensor image, int height, int width) {
        byte[] narrow = across(image, width);
        byte[] bytes = down(narrow, image.size(0), height, width);
        float[] out = new float[bytes.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (bytes[i] & 0xFF) / WHITE;
        }
        return Tensor.of(arena, out, height, width, 3);
    }

    private byte[] across(Tensor image, int to) { // [H, to, 3]
        int from = image.size(1);
        Fixed taps = fixed(from, to);
        byte[] out = new byte[Math.multiplyExact(3 * to, image.size(0))];
        PictureRows.forEach(
                image,
                (y, block, start) -> {
                    int[] row = bytes(block, start, 3 * from);
                    int place = 3 * y * to;
                    for (int x = 0; x < 3 * to; x++) {
                        out[place + x] = (byte) (from == to ? row[x] : at(row, taps, x / 3, x % 3));
                    }
                });
        return out;
    }

    private static int at(int[] row, Fixed taps, int x, int channel) {
        int[] weights = taps.weights[x];
        int sum = taps.half();
        for (int i = 0, at = 3 * taps.first[x] + channel; i < weights.length; i++, at += 3) {
            sum += weights[i] * row[at];
        }
        return taps.rounded(sum);
    }

    private static int[] bytes(float[] block, int from, int count) {
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = Math.round(Math.clamp(block[from + i], 0f, 1f) * WHITE);
        }
        return bytes;
    }

    private byte[] down(byte[] in, int from, int to, int width) { // [to, width, 3]
        if (from == to) {
            return in;
        }
        int row = 3 * width;
        Fixed taps = fixed(from, to);
        byte[] out = new byte[Math.multiplyExact(row, to)];
        IntStream.range(0, to)
                .parallel()
                .forEach(y -> {
                    int[] sums = new int[row];
                    Arrays.fill(sums, taps.half());
                    int at = taps.first[y] * row;
                    for (int weight : taps.weights[y]) {
                        for (int x = 0; x < row; x++) {
                            sums[x] += weight * (in[at + x] & 0xFF);
                        }
                        at += row;
                    }
                    for (int x = 0; x < row; x++) {
                        out[y * row + x] = (byte) taps.rounded(sums[x]);
                    }
                });
        return out;
    }

    private Fixed fixed(int from, int to) {
        Taps[] taps = Taps.of(kernel, from, to);
        double largest =
                Arrays.stream(taps)
                        .flatMapToDouble(t -> Arrays.stream(t.weights()).map(w -> w / t.sum()))
                        .max()
                        .orElse(0);
        int bits = weights.bits(largest);
        return new Fixed(
                bits,
                Arrays.stream(taps).mapToInt(Taps::first).toArray(),
                Arrays.stream(taps).map(t -> fixed(t, bits)).toArray(int[][]::new));
    }

    private static int[] fixed(Taps taps, int bits) {
        return Arrays.stream(taps.weights())
                .map(weight -> weight / taps.sum() * (1 << bits))
                .mapToInt(weight -> (int) (weight + Math.copySign(0.5, weight)))
                .toArray();
    }
}
