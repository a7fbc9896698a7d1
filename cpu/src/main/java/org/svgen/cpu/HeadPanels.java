package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.TokenOrder;

/**
 * Keys and values of some heads in the order that each attends in, laid out for the micro-kernel:
 * per {@link #NR} keys a panel [head dimension, NR], and per NR channels of the values a panel
 * [keys, NR]. What lies beyond the last key or channel is zero.
 */
final class HeadPanels {
    private static final int NR = MicroKernel.NR;

    /** Keys that a task packs; a multiple of NR. */
    private static final int GRAIN = 8 * NR;

    private int tokens;
    private int padded;
    private int dim;
    private int paddedDim;
    private float[] keys = new float[0];
    private float[] values = new float[0];

    /** Sets the size of heads; memory is kept from call to call. */
    void resize(int tokens, int dim) {
        this.tokens = tokens;
        this.dim = dim;
        padded = Math.ceilDiv(tokens, NR) * NR;
        paddedDim = Math.ceilDiv(dim, NR) * NR;
    }

    /** Floats that a head takes. */
    long size() {
        return (long) padded * (dim + paddedDim);
    }

    float[] keys() {
        return keys;
    }

    float[] values() {
        return values;
    }

    int paddedDim() {
        return paddedDim;
    }

    /** Where the panel of {@code key}, a multiple of NR, begins. */
    int key(int slot, int key) {
        return (slot * padded + key) * dim;
    }

    /** Where channel {@code channel}, a multiple of NR, of {@code key} lies. */
    int value(int slot, int key, int channel) {
        return slot * padded * paddedDim + channel * padded + key * NR;
    }

    /** Packs heads {@code first ..} of k and v into slots 0 .. {@code orders.length}. */
    void pack(Parallel parallel, Tensor k, Tensor v, int first, TokenOrder[] orders) {
        int heads = orders.length;
        if (keys.length < heads * padded * dim) {
            keys = new float[Math.multiplyExact(heads, padded * dim)];
        }
        if (values.length < heads * padded * paddedDim) {
            values = new float[Math.multiplyExact(heads, padded * paddedDim)];
        }
        Floats ks = Floats.of(k);
        Floats vs = Floats.of(v);
        int grains = Math.ceilDiv(padded, GRAIN);
        parallel.run(
                heads * grains,
                task -> {
                    int slot = task / grains;
                    int from = task % grains * GRAIN;
                    int to = Math.min(from + GRAIN, padded);
                    long head = (long) (first + slot) * tokens;
                    for (int key = from; key < to; key += NR) {
                        packKeys(ks, head, orders[slot], slot, key);
                        packValues(vs, head, orders[slot], slot, key);
                    }
                });
    }

    private void packKeys(Floats from, long head, TokenOrder order, int slot, int key) {
        float[] rows = Scratch.floats(Scratch.Use.INPUT, NR * paddedDim);
        rows(from, head, order, key, rows, dim);
        int at = key(slot, key);
        // Four keys at a time: stores then fill a cache line in few visits.
        for (int j = 0; j < NR; j += 4) {
            for (int i = 0; i < dim; i++) {
                keys[at + i * NR + j] = rows[j * dim + i];
                keys[at + i * NR + j + 1] = rows[(j + 1) * dim + i];
                keys[at + i * NR + j + 2] = rows[(j + 2) * dim + i];
                keys[at + i * NR + j + 3] = rows[(j + 3) * dim + i];
            }
        }
    }

    private void packValues(Floats from, long head, TokenOrder order, int slot, int key) {
        float[] rows = Scratch.floats(Scratch.Use.INPUT, NR * paddedDim);
        rows(from, head, order, key, rows, paddedDim);
        for (int c = 0; c < paddedDim; c += NR) {
            int at = value(slot, key, c);
            for (int j = 0; j < NR; j++) {
                for (int i = 0; i < NR; i += Simd.LANES) {
                    FloatVector.fromArray(Simd.F, rows, j * paddedDim + c + i)
                            .intoArray(values, at + j * NR + i);
                }
            }
        }
    }

    /** Rows {@code key ..} in {@code order}, {@code stride} apart, the rest zeros. */
    private void rows(Floats from, long head, TokenOrder order, int key, float[] rows, int stride) {
        int n = Math.min(NR, tokens - key);
        if (stride > dim || n < NR) {
            java.util.Arrays.fill(rows, 0, NR * stride, 0);
        }
        if (order.isIdentity() && stride == dim) {
            from.load((head + key) * dim, rows, 0, n * dim);
            return;
        }
        for (int j = 0; j < n; j++) {
            from.load((head + order.stored(key + j)) * dim, rows, j * stride, dim);
        }
    }
}
