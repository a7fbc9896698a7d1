package org.svgen.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Floating point of 8 bits, in which weights are stored; see <a
 * href="https://arxiv.org/abs/2209.05433">FP8 Formats for Deep Learning</a>.
 */
public final class Float8 {
    private static final float MOST = 448;
    private static final float SMALLEST_NORMAL = 0x1p-6f;
    private static final float SMALLEST = 0x1p-9f;
    private static final int MOST_BITS = Float.floatToRawIntBits(MOST);
    private static final int BESIDE_BITS = Float.floatToRawIntBits(0x1p14f);
    private static final int INFINITY_BITS = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
    // Rows without any greater number are as good as zero; their scale and its inverse are finite.
    private static final float LEAST = 1e-30f;
    private static final float[] E4M3 = new float[256];

    static {
        for (int bits = 0; bits < E4M3.length; bits++) {
            E4M3[bits] = decodeE4m3(bits);
        }
    }

    private Float8() {}

    /** {@code (-1)^s 2^(e - 7) (1 + m / 8)}; without infinity, NaN where all other bits are 1. */
    private static float decodeE4m3(int bits) {
        int exponent = bits >> 3 & 15;
        int fraction = bits & 7;
        float sign = bits < 128 ? 1 : -1;
        if (exponent == 15 && fraction == 7) {
            return Float.NaN;
        }
        return exponent == 0
                ? sign * Math.scalb((float) fraction, -9)
                : sign * Math.scalb((float) (8 + fraction), exponent - 10);
    }

    /**
     * {@return the same number as an f32, exactly}
     *
     * @param bits an F8_E4M3 number
     */
    public static float e4m3(byte bits) {
        return E4M3[bits & 0xFF];
    }

    /**
     * {@return the same number as an f32, exactly}
     *
     * @param bits an F8_E5M2 number: the upper half of an f16
     */
    public static float e5m2(byte bits) {
        return Float.float16ToFloat((short) (bits << 8));
    }

    /**
     * {@return the nearest F8_E4M3 number, of two the even one} What is too large becomes 448.
     *
     * @param x any number
     */
    public static byte toE4m3(float x) {
        if (Float.isNaN(x)) {
            return 0x7F;
        }
        int sign = Float.floatToRawIntBits(x) >>> 24 & 0x80;
        float size = Math.min(Math.abs(x), MOST);
        if (size < SMALLEST_NORMAL) {
            return (byte) (sign | (int) Math.rint(size / SMALLEST));
        }
        // Three of 23 bits stay behind the first; what is rounded up may carry into the exponent.
        int bits = Float.floatToRawIntBits(size);
        int even = bits >>> 20 & 1;
        bits = (bits + 0x7FFFF + even >>> 20) - (127 - 7 << 3);
        return (byte) (sign | bits);
    }

    /**
     * Rounds many numbers, each as {@link #toE4m3(float)} does.
     *
     * <p>In loops that a compiler makes vectors of, which it does where no loop has both a float
     * and its bits.
     *
     * @param from the numbers
     * @param to gets as many
     */
    public static void toE4m3(float[] from, byte[] to) {
        int[] bits = bits(from);
        if (most(bits) > INFINITY_BITS) {
            for (int i = 0; i < from.length; i++) {
                to[i] = toE4m3(from[i]);
            }
            return;
        }
        // Beside 2^14 the bits of f32 are worth what those of subnormal numbers are.
        float[] beside = new float[from.length];
        for (int i = 0; i < beside.length; i++) {
            beside[i] = Math.min(Math.abs(from[i]), MOST) + 0x1p14f;
        }
        round(bits, bits(beside), to);
    }

    private static void round(int[] bits, int[] beside, byte[] to) {
        for (int i = 0; i < bits.length; i++) {
            int size = Math.min(bits[i] & 0x7FFFFFFF, MOST_BITS);
            int even = size >>> 20 & 1;
            // Of subnormal numbers this is none, of others the first part is 8.
            int normal = (size + 0x7FFFF + even >>> 20) - (127 - 6 << 3);
            int sum = Math.min(beside[i] - BESIDE_BITS, 8) + Math.max(normal, 0);
            beside[i] = bits[i] >>> 24 & 0x80 | sum;
        }
        for (int i = 0; i < beside.length; i++) {
            to[i] = (byte) beside[i];
        }
    }

    private static int[] bits(float[] numbers) {
        int[] bits = new int[numbers.length];
        MemorySegment.ofArray(bits).copyFrom(MemorySegment.ofArray(numbers));
        return bits;
    }

    private static int most(int[] bits) {
        int most = 0;
        for (int i = 0; i < bits.length; i++) {
            most = Math.max(most, bits[i] & 0x7FFFFFFF);
        }
        return most;
    }

    /**
     * {@return the greatest magnitude of some numbers; NaN if one is none}
     *
     * @param numbers of a row
     */
    public static float most(float[] numbers) {
        return Float.intBitsToFloat(most(bits(numbers)));
    }

    /**
     * {@return what numbers of a row are divided by to become F8_E4M3: the greatest becomes 448}
     *
     * @param most the greatest magnitude of the row
     */
    public static float scale(float most) {
        return Math.max(most, LEAST) / MOST;
    }

    /**
     * {@return what numbers of a row are multiplied by to become F8_E4M3, rounded by itself}
     *
     * @param most the greatest magnitude of the row
     */
    public static float inverse(float most) {
        return MOST / Math.max(most, LEAST);
    }
}
