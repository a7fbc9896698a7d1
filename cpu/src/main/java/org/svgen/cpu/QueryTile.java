package org.svgen.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.KeyPattern;

/**
 * Attention of up to {@link #ROWS} successive queries of one segment: their running sums, to which
 * one tile of keys after the other is added. Each group of {@code MR} rows takes part with just the
 * keys that one of its rows keeps; rows that keep less have the rest masked.
 */
final class QueryTile {
    static final int ROWS = 8 * MicroKernel.MR;

    /** Keys of a tile: its scores and the values that they weigh stay in the first-level cache. */
    private static final int KEYS = 128;

    private static final int MR = MicroKernel.MR;
    private static final int NR = MicroKernel.NR;
    private static final int L = Simd.LANES;
    private static final float LOG2E = 1.44269504f;
    private static final ThreadLocal<QueryTile> OF_THREAD = ThreadLocal.withInitial(QueryTile::new);

    // Parts of the bounds: keys that a row keeps, that one of a group's rows does, and of those the
    // ones in the present tile, counted from its first.
    private static final int APART = Parallel.APART;
    private static final int FROM = APART;
    private static final int TO = FROM + ROWS;
    private static final int GROUP_FROM = TO + ROWS;
    private static final int GROUP_TO = GROUP_FROM + ROWS / MR;
    private static final int FIRST = GROUP_TO + ROWS / MR;
    private static final int LAST = FIRST + ROWS / MR;

    private final int[] bounds = new int[LAST + ROWS / MR + APART];

    // One array: several could lie so that they push each other out of the first-level cache.
    private float[] work = new float[0];
    private int queries; // where [ROWS, dim] begin, times scale and log2(e)
    private int scores; // [ROWS, KEYS]
    private int sums; // [ROWS, padded dim], of weights times values
    private int totals; // [ROWS, L] of weights, a vector for each row
    private int reference; // [ROWS]
    private int dim;
    private int paddedDim;
    private int rows;
    private float @Nullable [] bias; // of keys, in units of log 2

    private QueryTile() {}

    /** The tile that this thread keeps. */
    static QueryTile ofThread() {
        return OF_THREAD.get();
    }

    /** Takes up {@code count} queries from {@code q0} and forgets those before. */
    void load(Floats q, long head, Places order, int q0, int count, int dim, float scale) {
        rows = count;
        resize(dim);
        if (order.asStored()) {
            q.load((head + q0) * dim, work, queries, count * dim);
        } else {
            for (int r = 0; r < count; r++) {
                q.load((head + order.stored(q0 + r)) * dim, work, queries + r * dim, dim);
            }
        }
        for (int i = queries; i < queries + count * dim; i += L) {
            FloatVector.fromArray(Simd.F, work, i).mul(scale * LOG2E).intoArray(work, i);
        }
        Arrays.fill(work, queries + count * dim, scores, 0);
        Arrays.fill(work, sums, reference, 0);
        Arrays.fill(work, reference, reference + ROWS, Softmax.NO_REFERENCE);
    }

    private void resize(int dim) {
        this.dim = dim;
        paddedDim = Math.ceilDiv(dim, NR) * NR;
        queries = APART;
        scores = queries + ROWS * dim + L;
        sums = scores + ROWS * KEYS;
        totals = sums + ROWS * paddedDim;
        reference = totals + ROWS * L;
        int size = reference + ROWS + APART;
        if (work.length < size) {
            work = new float[size];
        }
    }

    /** Attends to all that the pattern keeps for the queries taken up from {@code q0}. */
    void attend(KeyPattern.Segment segment, int q0, HeadPanels panels, int slot) {
        for (KeyPattern.Span span : segment.spans()) {
            attend(span.from(), span.to(), panels, slot);
        }
        if (segment.band() != null) {
            for (int r = 0; r < rows; r++) {
                bounds[FROM + r] = segment.bandFrom(q0 + r);
                bounds[TO + r] = segment.bandTo(q0 + r);
            }
            walk(panels, slot);
        }
    }

    /** Attends to keys {@code from .. to}, to which all rows do. */
    void attend(int from, int to, HeadPanels panels, int slot) {
        Arrays.fill(bounds, FROM, FROM + rows, from);
        Arrays.fill(bounds, TO, TO + rows, to);
        walk(panels, slot);
    }

    /**
     * Attends to keys 0 to {@code count}, whose scores in units of log 2 grow by {@code added}: an
     * array of whole tiles ({@link #wholeTiles}), infinitely little where a key does not count.
     */
    void attend(int count, float[] added, HeadPanels panels, int slot) {
        bias = added;
        attend(0, count, panels, slot);
        bias = null;
    }

    /** The least number of keys in whole tiles that is not below {@code keys}. */
    static int wholeTiles(int keys) {
        return Math.ceilDiv(keys, KEYS) * KEYS;
    }

    /** Goes through all tiles of keys that one of the rows keeps something of. */
    private void walk(HeadPanels panels, int slot) {
        int groups = Math.ceilDiv(rows, MR);
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int g = 0; g < groups; g++) {
            int from = Integer.MAX_VALUE;
            int to = 0;
            for (int r = g * MR; r < Math.min(rows, (g + 1) * MR); r++) {
                if (bounds[FROM + r] < bounds[TO + r]) {
                    from = Math.min(from, bounds[FROM + r]);
                    to = Math.max(to, bounds[TO + r]);
                }
            }
            bounds[GROUP_FROM + g] = from;
            bounds[GROUP_TO + g] = to;
            least = Math.min(least, from);
            most = Math.max(most, to);
        }
        for (int key = least / NR * NR; key < most; key += KEYS) {
            for (int g = 0; g < groups; g++) {
                bounds[FIRST + g] = Math.max(bounds[GROUP_FROM + g] - key, 0);
                bounds[LAST + g] = Math.min(bounds[GROUP_TO + g] - key, KEYS);
            }
            tile(key, groups, panels, slot);
        }
    }

    /** Keys {@code key ..}, of which each group keeps a range or none. */
    private void tile(int key, int groups, HeadPanels panels, int slot) {
        for (int j = 0; j < KEYS; j += NR) {
            for (int g = 0; g < groups; g++) {
                if (bounds[FIRST + g] < j + NR && bounds[LAST + g] > j) {
                    MicroKernel.set(
                            dim,
                            work,
                            queries + g * MR * dim,
                            dim,
                            panels.keys(),
                            panels.key(slot, key + j),
                            work,
                            scores + g * MR * KEYS + j,
                            KEYS);
                }
            }
        }
        for (int r = 0; r < rows; r++) {
            int first = bounds[FIRST + r / MR];
            int last = bounds[LAST + r / MR];
            if (first < last) {
                weigh(r, first / L * L, Simd.roundUp(last), key);
            }
        }
        for (int c = 0; c < paddedDim; c += NR) {
            for (int g = 0; g < groups; g++) {
                int first = bounds[FIRST + g];
                int last = bounds[LAST + g];
                if (first < last) {
                    MicroKernel.add(
                            last - first,
                            work,
                            scores + g * MR * KEYS + first,
                            KEYS,
                            panels.values(),
                            panels.value(slot, key + first, c),
                            work,
                            sums + g * MR * paddedDim + c,
                            paddedDim);
                }
            }
        }
    }

    /** Turns row {@code r}'s scores {@code first .. last} of the tile at {@code key} to weights. */
    private void weigh(int r, int first, int last, int key) {
        int at = scores + r * KEYS;
        Softmax.mask(work, at, first, Math.min(bounds[FROM + r] - key, last));
        Softmax.maskAfter(work, at, Math.max(bounds[TO + r] - key, first), last);
        if (bias != null) {
            for (int i = first; i < last; i += L) {
                FloatVector.fromArray(Simd.F, work, at + i)
                        .add(FloatVector.fromArray(Simd.F, bias, key + i))
                        .intoArray(work, at + i);
            }
        }
        float before = work[reference + r];
        float now = Softmax.reference(work, at + first, at + last, before);
        if (now != before) {
            if (before != Softmax.NO_REFERENCE) {
                rescale(r, (float) Math.pow(2, before - now));
            }
            work[reference + r] = now;
        }
        Softmax.weights(work, at + first, at + last, now, work, totals + r * L);
    }

    private void rescale(int r, float factor) {
        scale(totals + r * L, L, factor);
        scale(sums + r * paddedDim, paddedDim, factor);
    }

    private void scale(int at, int n, float factor) {
        for (int i = at; i < at + n; i += L) {
            FloatVector.fromArray(Simd.F, work, i).mul(factor).intoArray(work, i);
        }
    }

    /** Writes the means of the queries taken up from {@code q0}; zeros where no key was kept. */
    void store(Floats out, long batch, int tokens, int heads, int h, Places order, int q0) {
        for (int r = 0; r < rows; r++) {
            float total = Simd.sum(FloatVector.fromArray(Simd.F, work, totals + r * L));
            int mean = sums + r * paddedDim;
            scale(mean, paddedDim, total == 0 ? 0 : 1 / total);
            long token = batch * tokens + order.stored(q0 + r);
            out.store(work, mean, (token * heads + h) * dim, dim);
        }
    }
}
