package org.svgen.checkpoint.gguf;

/**
 * Blocks of 256 numbers in parts that have a small whole number each, by which the scale of the
 * block is multiplied, and perhaps another for the least number.
 */
final class LargeBlocks {
    private static final int PART = 32;

    /** Bytes of the small whole numbers: 6 bits for each of eight scales and of eight minima. */
    private static final int SCALES = 12;

    private LargeBlocks() {}

    /** Scale, minimum, 12 bytes of parts' scales, 128 bytes of 4-bit numbers. */
    static void q4(BlockBytes block, float[] to, int at) {
        for (int part = 0; part < 8; part++) {
            float scale = block.half(0) * scale(block, 4, part);
            float least = block.half(2) * least(block, 4, part);
            for (int i = 0; i < PART; i++) {
                to[at + part * PART + i] = scale * four(block, 4 + SCALES, part, i) - least;
            }
        }
    }

    /**
     * As {@link #q4}, with the fifth bits of number i of every part in byte i before the others.
     */
    static void q5(BlockBytes block, float[] to, int at) {
        int fifths = 4 + SCALES;
        for (int part = 0; part < 8; part++) {
            float scale = block.half(0) * scale(block, 4, part);
            float least = block.half(2) * least(block, 4, part);
            for (int i = 0; i < PART; i++) {
                int fifth = (block.at(fifths + i) >> part & 1) << 4;
                int value = four(block, fifths + PART, part, i) | fifth;
                to[at + part * PART + i] = scale * value - least;
            }
        }
    }

    /** Two parts share 32 bytes: the first has the lower halves. */
    private static int four(BlockBytes block, int from, int part, int i) {
        return block.at(from + part / 2 * PART + i) >> part % 2 * 4 & 15;
    }

    /** 6 bits: of the first four in a byte of their own, of the others 4 and 2 elsewhere. */
    private static int scale(BlockBytes block, int from, int part) {
        return part < 4
                ? block.at(from + part) & 63
                : block.at(from + part + 4) & 15 | block.at(from + part - 4) >> 6 << 4;
    }

    private static int least(BlockBytes block, int from, int part) {
        return part < 4
                ? block.at(from + part + 4) & 63
                : block.at(from + part + 4) >> 4 | block.at(from + part) >> 6 << 4;
    }

    /** 128 bytes of lower 4 bits, 64 of upper 2 bits, 16 signed scales, the block's scale. */
    static void q6(BlockBytes block, float[] to, int at) {
        float scale = block.half(208);
        for (int half = 0; half < 2; half++) {
            for (int quarter = 0; quarter < 4; quarter++) {
                for (int i = 0; i < PART; i++) {
                    int low = block.at(half * 64 + quarter % 2 * PART + i) >> quarter / 2 * 4 & 15;
                    int high = block.at(128 + half * PART + i) >> quarter * 2 & 3;
                    int own = block.signed(192 + half * 8 + quarter * 2 + i / 16);
                    to[at + half * 128 + quarter * PART + i] =
                            scale * own * ((low | high << 4) - 32);
                }
            }
        }
    }

    /** 32 bytes of third bits (0 takes 4 off), 64 of lower 2 bits, 12 of scales, the scale. */
    static void q3(BlockBytes block, float[] to, int at) {
        float scale = block.half(108);
        for (int half = 0; half < 2; half++) {
            for (int quarter = 0; quarter < 4; quarter++) {
                for (int i = 0; i < PART; i++) {
                    int low = block.at(32 + half * PART + i) >> quarter * 2 & 3;
                    int third = block.at(i) >> half * 4 + quarter & 1;
                    int own = six(block, half * 8 + quarter * 2 + i / 16) - 32;
                    to[at + half * 128 + quarter * PART + i] =
                            scale * own * (low - (third == 0 ? 4 : 0));
                }
            }
        }
    }

    /** Of 16 scales of 6 bits, the lower 4 stand in 8 bytes, the upper 2 in 4. */
    private static int six(BlockBytes block, int i) {
        int low = block.at(96 + i % 8) >> i / 8 * 4 & 15;
        int high = block.at(104 + i % 4) >> i / 4 * 2 & 3;
        return low | high << 4;
    }
}
