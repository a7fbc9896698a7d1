package org.svgen.tensor.block;

/**
 * Blocks of 256 numbers in parts that have a small whole number each, by which the scale of the
 * block is multiplied, and perhaps another for the least number. All products are exact in f32.
 */
final class LargeBlocks {
    private static final int PART = 32;

    /** Bytes of the small whole numbers: 6 bits for each of eight scales and of eight minima. */
    private static final int SCALES = 12;

    private LargeBlocks() {}

    /** Scale, minimum, 12 bytes of parts' scales, 128 bytes of 4-bit numbers. */
    static void q4(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        float least = Bits.half(b, from + 2);
        for (int part = 0; part < 8; part++) {
            float own = scale * scale(b, from + 4, part);
            float offset = least * least(b, from + 4, part);
            int fours = from + 4 + SCALES + part / 2 * PART;
            int shift = part % 2 * 4;
            for (int i = 0; i < PART; i++) {
                to[at + part * PART + i] = own * (b[fours + i] >> shift & 15) - offset;
            }
        }
    }

    /**
     * As {@link #q4}, with the fifth bits of number i of every part in byte i before the others.
     */
    static void q5(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        float least = Bits.half(b, from + 2);
        int fifths = from + 4 + SCALES;
        for (int part = 0; part < 8; part++) {
            float own = scale * scale(b, from + 4, part);
            float offset = least * least(b, from + 4, part);
            int fours = fifths + PART + part / 2 * PART;
            int shift = part % 2 * 4;
            for (int i = 0; i < PART; i++) {
                int value = b[fours + i] >> shift & 15 | (b[fifths + i] >> part & 1) << 4;
                to[at + part * PART + i] = own * value - offset;
            }
        }
    }

    /** 6 bits: of the first four in a byte of their own, of the others 4 and 2 elsewhere. */
    private static int scale(byte[] b, int from, int part) {
        return part < 4
                ? b[from + part] & 63
                : b[from + part + 4] & 15 | (b[from + part - 4] >> 6 & 3) << 4;
    }

    private static int least(byte[] b, int from, int part) {
        return part < 4
                ? b[from + part + 4] & 63
                : b[from + part + 4] >> 4 & 15 | (b[from + part] >> 6 & 3) << 4;
    }

    /** 128 bytes of lower 4 bits, 64 of upper 2 bits, 16 signed scales, the block's scale. */
    static void q6(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from + 208);
        for (int part = 0; part < 16; part++) { // of 16 numbers
            int half = part / 8;
            int quarter = part / 2 % 4;
            int first = part % 2 * 16;
            int lows = from + half * 64 + quarter % 2 * PART + first;
            int highs = from + 128 + half * PART + first;
            float own = scale * b[from + 192 + part];
            for (int i = 0; i < 16; i++) {
                int low = b[lows + i] >> quarter / 2 * 4 & 15;
                int high = b[highs + i] >> quarter * 2 & 3;
                to[at + part * 16 + i] = own * ((low | high << 4) - 32);
            }
        }
    }

    /** 32 bytes of third bits (0 takes 4 off), 64 of lower 2 bits, 12 of scales, the scale. */
    static void q3(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from + 108);
        for (int part = 0; part < 16; part++) { // of 16 numbers
            int half = part / 8;
            int quarter = part / 2 % 4;
            int first = part % 2 * 16;
            int lows = from + 32 + half * PART + first;
            int thirds = from + first;
            float own = scale * (six(b, from, part) - 32);
            for (int i = 0; i < 16; i++) {
                int low = b[lows + i] >> quarter * 2 & 3;
                int third = b[thirds + i] >> half * 4 + quarter & 1;
                to[at + part * 16 + i] = own * (low - 4 + 4 * third);
            }
        }
    }

    /** Of 16 scales of 6 bits, the lower 4 stand in 8 bytes, the upper 2 in 4. */
    private static int six(byte[] b, int from, int i) {
        int low = b[from + 96 + i % 8] >> i / 8 * 4 & 15;
        int high = b[from + 104 + i % 4] >> i / 4 * 2 & 3;
        return low | high << 4;
    }
}
