package org.svgen.tensor;

/**
 * Floating point of 8 bits, in which weights are stored; see <a
 * href="https://arxiv.org/abs/2209.05433">FP8 Formats for Deep Learning</a>.
 */
public final class Float8 {
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
}
