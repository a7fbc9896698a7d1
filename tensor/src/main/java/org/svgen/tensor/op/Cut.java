package org.svgen.tensor.op;

import java.util.function.IntUnaryOperator;
import org.svgen.tensor.Tensor;

/** Parts of operands, so that an operation can be measured in little time and memory. */
final class Cut {
    private Cut() {}

    /** A part of one dimension, at least 1 of it. */
    static Tensor along(int dimension, Tensor t, double share) {
        return resized(t, dimension, (int) Math.max(1, t.size(dimension) * share));
    }

    static Tensor resized(Tensor t, int dimension, int size) {
        long[] dims = t.shape().dims();
        dims[dimension] = size;
        return Tensor.phantom(t.dtype(), dims);
    }

    /** A part of the elements, whatever their shape. */
    static Tensor flat(Tensor t, double share) {
        return Tensor.phantom(t.dtype(), (long) Math.max(1, t.elements() * share));
    }

    /** Of one batch element, a part of the heads. */
    static Tensor heads(Tensor t, double share) { // [B, H, N, D] -> [1, part of B H, N, D]
        double heads = (double) t.size(0) * t.size(1);
        int left = (int) Math.clamp(Math.floor(heads * share), 1, t.size(1));
        return Tensor.phantom(t.dtype(), 1, left, t.size(2), t.size(3));
    }

    /** The same row of numbers {@code times} times. */
    static int[] repeated(int times, int length, IntUnaryOperator row) {
        int[] all = new int[Math.multiplyExact(times, length)];
        for (int i = 0; i < all.length; i++) {
            all[i] = row.applyAsInt(i % length);
        }
        return all;
    }
}
