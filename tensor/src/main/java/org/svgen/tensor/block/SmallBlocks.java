package org.svgen.tensor.block;

/**
 * Blocks of 32 numbers with one scale, and perhaps a least number. Of 16 bytes of 4-bit numbers the
 * lower halves are the first 16 numbers, the upper halves the others. All products are exact in
 * f32, so each number is rounded once at most.
 */
final class SmallBlocks {
    private static final int HALF = 16;
    private static final int ALL = 32;

    private SmallBlocks() {}

    static void q40(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        for (int i = 0; i < HALF; i++) {
            int both = b[from + 2 + i];
            to[at + i] = scale * ((both & 15) - 8);
            to[at + HALF + i] = scale * ((both >> 4 & 15) - 8);
        }
    }

    static void q41(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        float least = Bits.half(b, from + 2);
        for (int i = 0; i < HALF; i++) {
            int both = b[from + 4 + i];
            to[at + i] = scale * (both & 15) + least;
            to[at + HALF + i] = scale * (both >> 4 & 15) + least;
        }
    }

    /** The fifth bits of all numbers stand together. */
    static void q50(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        int fifth = Bits.word(b, from + 2);
        for (int i = 0; i < HALF; i++) {
            int both = b[from + 6 + i];
            to[at + i] = scale * ((both & 15 | fifth(fifth, i)) - 16);
            to[at + HALF + i] = scale * ((both >> 4 & 15 | fifth(fifth, i + HALF)) - 16);
        }
    }

    static void q51(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        float least = Bits.half(b, from + 2);
        int fifth = Bits.word(b, from + 4);
        for (int i = 0; i < HALF; i++) {
            int both = b[from + 8 + i];
            to[at + i] = scale * (both & 15 | fifth(fifth, i)) + least;
            to[at + HALF + i] = scale * (both >> 4 & 15 | fifth(fifth, i + HALF)) + least;
        }
    }

    private static int fifth(int bits, int i) {
        return (bits >>> i & 1) << 4;
    }

    static void q80(byte[] b, int from, float[] to, int at) {
        float scale = Bits.half(b, from);
        for (int i = 0; i < ALL; i++) {
            to[at + i] = scale * b[from + 2 + i];
        }
    }
}
