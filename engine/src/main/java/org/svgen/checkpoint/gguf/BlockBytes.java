package org.svgen.checkpoint.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The bytes of a block.
 *
 * @param all bytes of the tensor
 * @param from the first of the block
 */
record BlockBytes(MemorySegment all, long from) {
    /** An unsigned byte. */
    int at(int i) {
        return all.get(ValueLayout.JAVA_BYTE, from + i) & 0xff;
    }

    /** A signed byte. */
    int signed(int i) {
        return all.get(ValueLayout.JAVA_BYTE, from + i);
    }

    /** A half, exact as a float. */
    float half(int i) {
        return Float.float16ToFloat(all.get(ValueLayout.JAVA_SHORT_UNALIGNED, from + i));
    }

    /** 32 bits, the lowest first. */
    int bits(int i) {
        return all.get(ValueLayout.JAVA_INT_UNALIGNED, from + i);
    }
}
