package org.svgen.tensor.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/**
 * How numbers are stored in few bits: some to a block, which has a scale for them. Those with a K
 * have scales for parts of a block, too.
 *
 * @see <a href="https://github.com/ggml-org/ggml">ggml_type</a>
 */
public enum BlockFormat {
    /** 4 bits, a scale. */
    Q4_0(32, 18, SmallBlocks::q40),
    /** 4 bits, a scale and a least number. */
    Q4_1(32, 20, SmallBlocks::q41),
    /** 5 bits, a scale. */
    Q5_0(32, 22, SmallBlocks::q50),
    /** 5 bits, a scale and a least number. */
    Q5_1(32, 24, SmallBlocks::q51),
    /** 8 bits, a scale. */
    Q8_0(32, 34, SmallBlocks::q80),
    /** 3 bits, 16 scales. */
    Q3_K(256, 110, LargeBlocks::q3),
    /** 4 bits, 8 scales and least numbers. */
    Q4_K(256, 144, LargeBlocks::q4),
    /** 5 bits, 8 scales and least numbers. */
    Q5_K(256, 176, LargeBlocks::q5),
    /** 6 bits, 16 scales. */
    Q6_K(256, 210, LargeBlocks::q6);

    /** Makes numbers of the block at the start of some bytes. */
    @FunctionalInterface
    interface Decoder {
        void decode(byte[] from, int first, float[] to, int at);
    }

    private final int numbers;
    private final int bytes;
    private final Decoder decoder;

    BlockFormat(int numbers, int bytes, Decoder decoder) {
        this.numbers = numbers;
        this.bytes = bytes;
        this.decoder = decoder;
    }

    /** {@return how many numbers a block has} */
    public int numbers() {
        return numbers;
    }

    /** {@return bytes of a block} */
    public int bytes() {
        return bytes;
    }

    /**
     * Makes floats of numbers, which may begin and end within blocks.
     *
     * @param blocks bytes of blocks, one behind the other
     * @param from index of the first number
     * @param count how many numbers
     * @param to gets them
     * @param at where the first one goes
     */
    public void decode(MemorySegment blocks, long from, int count, float[] to, int at) {
        if (count == 0) {
            return;
        }
        long first = from / numbers;
        int before = (int) (from % numbers);
        int n = Math.ceilDiv(before + count, numbers);
        byte[] some = new byte[n * bytes];
        MemorySegment.copy(blocks, ValueLayout.JAVA_BYTE, first * bytes, some, 0, some.length);
        if (before == 0 && count % numbers == 0) {
            decode(n, some, to, at);
        } else {
            float[] all = new float[n * numbers];
            decode(n, some, all, 0);
            System.arraycopy(all, before, to, at, count);
        }
    }

    private void decode(int count, byte[] from, float[] to, int at) {
        for (int i = 0; i < count; i++) {
            decoder.decode(from, i * bytes, to, at + i * numbers);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
