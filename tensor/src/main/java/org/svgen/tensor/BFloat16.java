package org.svgen.tensor;

/** Brain floating point: the upper half of a float. */
public final class BFloat16 {
    private BFloat16() {}

    /**
     * {@return the same number as an f32, exactly}
     *
     * @param bits a bf16 number
     */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /**
     * Rounds to nearest, ties to even, as torch does; NaN stays NaN.
     *
     * @param value a number
     * @return its nearest bf16
     */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) 0x7FC0;
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /**
     * {@return {@code value} as a float that bfloat16 can hold}
     *
     * @param value a number
     */
    public static float round(float value) {
        return toFloat(fromFloat(value));
    }
}
