package org.svgen.text;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/**
 * T5's attention bias: a number for each head and distance between query and key, exact for near
 * tokens and shared by ranges of distances, growing logarithmically, for far ones. After
 * transformers' {@code T5Attention._relative_position_bucket} with {@code bidirectional=True}.
 *
 * @param buckets rows of the table of numbers
 * @param maxDistance tokens farther apart share the last bucket
 */
record RelativePositions(int buckets, int maxDistance) {

    /**
     * {@return the bucket of each pair of {@code tokens}, query by query: [tokens, tokens]}
     *
     * @param attended keys from there on are masked: {@code buckets}, one behind the last
     */
    int[] pairs(int tokens, int attended) {
        int[] byDistance = IntStream.range(1 - tokens, tokens).map(this::bucket).toArray();
        int[] pairs = new int[Math.multiplyExact(tokens, tokens)];
        for (int query = 0; query < tokens; query++) {
            int row = query * tokens;
            System.arraycopy(byDistance, tokens - 1 - query, pairs, row, attended);
            Arrays.fill(pairs, row + attended, row + tokens, buckets);
        }
        return pairs;
    }

    /**
     * Writes the bias of all pairs. The device does it: there are 67 MB of them for 512 tokens and
     * 64 heads, in each block of UMT5.
     *
     * @param table [buckets, heads]
     * @param pairs I32 [N N], as {@link #pairs} says
     * @param out F32 [heads, N, N]; minus infinity for masked keys
     */
    void bias(Workspace ws, Tensor table, Tensor pairs, Tensor out) {
        Ops ops = ws.ops();
        int heads = table.size(1);
        try (var _ = ws.scope()) {
            Tensor masked = ws.allocate(DType.F32, buckets + 1, heads);
            ops.convert(table, masked.rows(0, buckets));
            ops.fill(Float.NEGATIVE_INFINITY, masked.rows(buckets, buckets + 1L));
            Tensor byPair = ws.allocate(DType.F32, pairs.size(0), heads);
            ops.embedding(pairs, Weight.of(masked), byPair);
            ops.permute(byPair, new int[] {1, 0}, out.reshape(heads, pairs.size(0)));
        }
    }

    /** The row of the table for a key that stands {@code distance} tokens behind the query. */
    int bucket(int distance) {
        int half = buckets / 2;
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
