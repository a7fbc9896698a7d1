package org.svgen.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * T5's attention bias: a number for each head and distance between query and key, exact for near
 * tokens and shared by ranges of distances, growing logarithmically, for far ones. After
 * transformers' {@code T5Attention._relative_position_bucket} with {@code bidirectional=True}.
 *
 * @param table [buckets, heads]
 */
record RelativePositions(float[] table, int heads, int maxDistance) {

    /**
     * Writes the bias of all pairs of {@code tokens}; keys from {@code attended} on get minus
     * infinity.
     *
     * @param out F32 [heads, tokens, tokens]
     */
    void fill(int tokens, int attended, MemorySegment out) {
        // The bias depends on key - query alone: one row of distances a head is enough.
        float[] byDistance = new float[2 * tokens];
        for (int head = 0; head < heads; head++) {
            for (int d = -tokens + 1; d < tokens; d++) {
                byDistance[d + tokens - 1] = table[bucket(d) * heads + head];
            }
            for (int query = 0; query < tokens; query++) {
                long row = (long) (head * tokens + query) * tokens;
                MemorySegment.copy(
                        byDistance,
                        tokens - 1 - query,
                        out,
                        ValueLayout.JAVA_FLOAT,
                        row * Float.BYTES,
                        attended);
                for (int key = attended; key < tokens; key++) {
                    out.setAtIndex(ValueLayout.JAVA_FLOAT, row + key, Float.NEGATIVE_INFINITY);
                }
            }
        }
    }

    /** The row of the table for a key that stands {@code distance} tokens behind the query. */
    int bucket(int distance) {
        int half = table.length / heads / 2;
        int exact = half / 2;
        int side = distance > 0 ? half : 0;
        int far = Math.abs(distance);
        if (far < exact) {
            return side + far;
        }
        // In single precision, as torch computes it: the boundaries must fall alike.
        float log = (float) Math.log((float) far / exact);
        float scale = (float) Math.log((double) maxDistance / exact);
        return side + Math.min(half - 1, exact + (int) (log / scale * (half - exact)));
    }
}
