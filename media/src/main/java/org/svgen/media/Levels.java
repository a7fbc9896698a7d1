package org.svgen.media;

/** Samples of some bits as 0..1. */
final class Levels {
    private static final float[] BYTES = of(8);

    private Levels() {}

    /** Of a byte, whose sign does not count. */
    static float of(byte level) {
        return BYTES[level & 0xff];
    }

    /**
     * The values of all samples of {@code bits}. Fewer than 8 bits become levels of 255 first, cut
     * and not rounded, as Pillow does; more than 8 are kept.
     */
    static float[] of(int bits) {
        int most = (1 << bits) - 1;
        float[] values = new float[most + 1];
        for (int i = 0; i <= most; i++) {
            values[i] = bits < 8 ? i * 255 / most / 255f : i / (float) most;
        }
        return values;
    }
}
