package org.svgen.checkpoint.gguf;

import java.lang.foreign.MemorySegment;

/**
 * The numbers of a tensor in blocks.
 *
 * @param type of the blocks
 * @param bytes of all blocks
 */
record BlockNumbers(BlockType type, MemorySegment bytes) {
    /** Some numbers; a row may begin and end within a block. */
    float[] floats(long from, int count) {
        int each = type.numbers();
        long first = from / each;
        int before = (int) (from % each);
        if (before == 0 && count % each == 0) {
            float[] all = new float[count];
            for (int at = 0; at < count; at += each) {
                decode(first + at / each, all, at);
            }
            return all;
        }
        int blocks = Math.ceilDiv(before + count, each);
        float[] all = new float[blocks * each];
        for (int i = 0; i < blocks; i++) {
            decode(first + i, all, i * each);
        }
        float[] some = new float[count];
        System.arraycopy(all, before, some, 0, count);
        return some;
    }

    private void decode(long block, float[] to, int at) {
        type.decoder().decode(new BlockBytes(bytes, block * type.bytes()), to, at);
    }
}
