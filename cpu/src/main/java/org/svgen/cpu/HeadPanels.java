package org.svgen.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.Tensor;

/**
 * Keys and values of some heads in the order that each attends in, laid out for the micro-kernel:
 * per {@link #NR} keys a panel [head dimension, NR], and per NR channels of the values a panel
 * [keys, NR]. What lies beyond the last key or channel is zero.
 */
final class HeadPanels {
    private static final int NR = MicroKernel.NR;
    private static final int L = Simd.LANES;

    /** Keys that a task packs; a multiple of NR. */
    private static final int KEYS_PER_TASK = 8 * NR;

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
    void pack(Parallel parallel, Tensor k, Tensor v, int first, Places[] orders) {
        int heads = orders.length;
        if (keys.length < heads * padded * dim) {
            keys = new float[Math.multiplyExact(heads, padded * dim)];
        }
        if (values.length < heads * padded * paddedDim) {
            values = new float[Math.multiplyExact(heads, padded * paddedDim)];
        }
        Floats ks = Floats.of(k);
        Floats vs = Floats.of(v);
        int grains = Math.ceilDiv(padded, KEYS_PER_TASK);
        parallel.run(
                heads * grains,
                task -> {
                    int slot = task / grains;
                    int from = task % grains * KEYS_PER_TASK;
                    int to = Math.min(from + KEYS_PER_TASK, padded);
                    long head = (long) (first + slot) * tokens;
                    for (int key = from; key < to; key += NR) {
                        int n = Math.min(NR, tokens - key);
                        float[] rows = Scratch.floats(Scratch.Use.INPUT, NR * dim);
                        rows(ks, head, orders[slot], key, n, dim, rows);
                        packKeys(rows, n, dim, keys, key(slot, key));
                        rows(vs, head, orders[slot], key, n, dim, rows);
                        packValues(rows, n, dim, values, value(slot, key, 0), padded * NR);
                    }
                });
    }

    /** Rows {@code key .. key + n} in {@code order} of a head. */
    private static void rows(
            Floats from, long head, Places order, int key, int n, int dim, float[] rows) {
        if (order.asStored()) {
            from.load((head + key) * dim, rows, 0, n * dim);
            return;
        }
        for (int j = 0; j < n; j++) {
            from.load((head + order.stored(key + j)) * dim, rows, j * dim, dim);
        }
    }

    /** Makes of {@code n} rows, at most NR, a panel [dim, NR] at {@code at}. */
    static void packKeys(float[] rows, int n, int dim, float[] panel, int at) {
        Arrays.fill(rows, n * dim, NR * dim, 0);
        Transpose.rows(rows, 0, NR, dim, panel, at, NR);
    }

    /**
     * Cuts {@code n} rows into panels [keys, NR] that are {@code stride} apart, from {@code at}.
     */
    static void packValues(float[] rows, int n, int dim, float[] panels, int at, int stride) {
        for (int c = 0; c < dim; c += NR) {
            int to = at + c / NR * stride;
            int whole = Math.min(NR, dim - c) / L * L;
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < whole; i += L) {
                    FloatVector.fromArray(Simd.F, rows, j * dim + c + i)
                            .intoArray(panels, to + j * NR + i);
                }
                for (int i = whole; i < NR; i++) {
                    panels[to + j * NR + i] = c + i < dim ? rows[j * dim + c + i] : 0;
                }
            }
            Arrays.fill(panels, to + n * NR, to + NR * NR, 0);
        }
    }
}
