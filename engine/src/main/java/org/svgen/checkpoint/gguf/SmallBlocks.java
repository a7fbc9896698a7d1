package org.svgen.checkpoint.gguf;

/**
 * Blocks of 32 numbers with one scale, and perhaps a least number. Of 16 bytes of 4-bit numbers the
 * lower halves are the first 16 numbers, the upper halves the others. All products are exact in
 * f32, so each number is rounded once at most.
 */
final class SmallBlocks {
    private static final int HALF = 16;
    private static final int ALL = 32;

    private SmallBlocks() {}

    static void q40(BlockBytes block, float[] to, int at) {
        float scale = block.half(0);
        for (int i = 0; i < HALF; i++) {
            int both = block.at(2 + i);
            to[at + i] = scale * ((both & 15) - 8);
            to[at + HALF + i] = scale * ((both >> 4) - 8);
        }
    }

    static void q41(BlockBytes block, float[] to, int at) {
        float scale = block.half(0);
        float least = block.half(2);
        for (int i = 0; i < HALF; i++) {
            int both = block.at(4 + i);
            to[at + i] = scale * (both & 15) + least;
            to[at + HALF + i] = scale * (both >> 4) + least;
        }
    }

    /** The fifth bits of all numbers stand together. */
    static void q50(BlockBytes block, float[] to, int at) {
        float scale = block.half(0);
        int fifth = block.bits(2);
        for (int i = 0; i < HALF; i++) {
            int both = block.at(6 + i);
            to[at + i] = scale * ((both & 15 | fifth(fifth, i)) - 16);
            to[at + HALF + i] = scale * ((both >> 4 | fifth(fifth, i + HALF)) - 16);
        }
    }

    static void q51(BlockBytes block, float[] to, int at) {
        float scale = block.half(0);
        float least = block.half(2);
        int fifth = block.bits(4);
        for (int i = 0; i < HALF; i++) {
            int both = block.at(8 + i);
            to[at + i] = scale * (both & 15 | fifth(fifth, i)) + least;
            to[at + HALF + i] = scale * (both >> 4 | fifth(fifth, i + HALF)) + least;
        }
    }

    private static int fifth(int bits, int i) {
        return (bits >>> i & 1) << 4;
    }

    static void q80(BlockBytes block, float[] to, int at) {
        float scale = block.half(0);
        for (int i = 0; i < ALL; i++) {
            to[at + i] = scale * block.signed(2 + i);
        }
    }
}
