package org.svgen.tensor.ranks;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Tensor;

/** Heads {@code from} to {@code to} of a batch element, which one rank attends with. */
record Heads(int batch, int from, int to) {
    /** Those of a rank, of {@code batches} times {@code heads}. */
    static List<Heads> of(int batches, int heads, int rank, int ranks) {
        Share share = Share.of((long) batches * heads, rank, ranks);
        List<Heads> found = new ArrayList<>();
        for (int b = 0; b < batches; b++) {
            int from = Math.clamp(share.from() - (long) b * heads, 0, heads);
            int to = Math.clamp(share.to() - (long) b * heads, 0, heads);
            if (from < to) {
                found.add(new Heads(b, from, to));
            }
        }
        return found;
    }

    int count() {
        return to - from;
    }

    /** Of a tensor [B, H, ...]: [1, these, ...]. */
    Tensor in(Tensor tensor) {
        Tensor few = tensor.get(batch).rows(from, to);
        long[] dims = few.shape().dims();
        long[] all = new long[dims.length + 1];
        all[0] = 1;
        System.arraycopy(dims, 0, all, 1, dims.length);
        return few.reshape(all);
    }
}
