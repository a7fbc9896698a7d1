package org.svgen.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.KeyPattern;
import org.svgen.tensor.TokenOrder;

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

    private float[] queries = new float[0]; // [ROWS, dim], times scale and log2(e)
    private final float[] scores = new float[ROWS * KEYS];
    private float[] sums = new float[0]; // [ROWS, padded dim], of weights times values
    private final float[] totals = new float[ROWS * L]; // of weights, a vector for each row
    private final float[] reference = new float[ROWS];
    private final int[] from = new int[ROWS]; // keys that a row keeps
    private final int[] to = new int[ROWS];
    private final int[] groupFrom = new int[ROWS / MR]; // those of the present tile
    private final int[] groupTo = new int[ROWS / MR];
    private int dim;
    private int rows;

    private QueryTile() {}

    /** The tile that this thread keeps. */
    static QueryTile ofThread() {
        return OF_THREAD.get();
    }

    /** Takes up {@code count} queries from {@code q0} and forgets those before. */
    void load(Floats q, long head, TokenOrder order, int q0, int count, int dim, float scale) {
        this.dim = dim;
        rows = count;
        int paddedDim = Math.ceilDiv(dim, NR) * NR;
        if (queries.length < ROWS * dim + L) {
            queries = new float[ROWS * dim + L];
        }
        if (sums.length < ROWS * paddedDim) {
            sums = new float[ROWS * paddedDim];
        }
        if (order.isIdentity()) {
            q.load((head + q0) * dim, queries, 0, count * dim);
        } else {
            for (int r = 0; r < count; r++) {
                q.load((head + order.stored(q0 + r)) * dim, queries, r * dim, dim);
            }
        }
        for (int i = 0; i < count * dim; i += L) {
            FloatVector.fromArray(Simd.F, queries, i).mul(scale * LOG2E).intoArray(queries, i);
        }
        Arrays.fill(queries, count * dim, ROWS * dim, 0);
        Arrays.fill(sums, 0, ROWS * paddedDim, 0);
        Arrays.fill(totals, 0);
        Arrays.fill(reference, Softmax.NO_REFERENCE);
    }

    /** Attends to all that the pattern keeps; the first query is the {@code i}-th of all. */
    void attend(KeyPattern.Segment segment, int q0, HeadPanels panels, int slot) {
        for (KeyPattern.Span span : segment.spans()) {
            Arrays.fill(from, 0, rows, span.from());
            Arrays.fill(to, 0, rows, span.to());
            walk(span.from(), span.to(), panels, slot);
        }
        if (segment.band() != null) {
            int least = Integer.MAX_VALUE;
            int most = 0;
            for (int r = 0; r < rows; r++) {
                from[r] = segment.bandFrom(q0 + r);
                to[r] = segment.bandTo(q0 + r);
                if (from[r] < to[r]) {
                    least = Math.min(least, from[r]);
                    most = Math.max(most, to[r]);
                }
            }
            walk(least, most, panels, slot);
        }
    }

    private void walk(int least, int most, HeadPanels panels, int slot) {
        for (int key = least / NR * NR; key < most; key += KEYS) {
            int groups = Math.ceilDiv(rows, MR);
            for (int g = 0; g < groups; g++) {
                int first = key + KEYS;
                int last = key;
                for (int r = g * MR; r < Math.min(rows, (g + 1) * MR); r++) {
                    int a = Math.max(from[r], key);
                    int b = Math.min(to[r], key + KEYS);
                    if (a < b) {
                        first = Math.min(first, a);
                        last = Math.max(last, b);
                    }
                }
                groupFrom[g] = first - key;
                groupTo[g] = last - key;
            }
            tile(key, groups, panels, slot);
        }
    }

    /** Keys {@code key ..}, of which each group keeps a range or none. */
    private void tile(int key, int groups, HeadPanels panels, int slot) {
        for (int j = 0; j < KEYS; j += NR) {
            for (int g = 0; g < groups; g++) {
                if (groupFrom[g] < j + NR && groupTo[g] > j) {
                    MicroKernel.set(
                            dim,
                            queries,
                            g * MR * dim,
                            dim,
                            panels.keys(),
                            panels.key(slot, key + j),
                            scores,
                            g * MR * KEYS + j,
                            KEYS);
                }
            }
        }
        for (int r = 0; r < rows; r++) {
            int g = r / MR;
            if (groupFrom[g] < groupTo[g]) {
                weigh(r, groupFrom[g] / L * L, Simd.roundUp(groupTo[g]), key);
            }
        }
        int paddedDim = panels.paddedDim();
        for (int c = 0; c < paddedDim; c += NR) {
            for (int g = 0; g < groups; g++) {
                if (groupFrom[g] < groupTo[g]) {
                    MicroKernel.add(
                            groupTo[g] - groupFrom[g],
                            scores,
                            g * MR * KEYS + groupFrom[g],
                            KEYS,
                            panels.values(),
                            panels.value(slot, key + groupFrom[g], c),
                            sums,
                            g * MR * paddedDim + c,
                            paddedDim);
                }
            }
        }
    }

    /** Turns row {@code r}'s scores {@code first .. last} of the tile at {@code key} to weights. */
    private void weigh(int r, int first, int last, int key) {
        int at = r * KEYS;
        Softmax.mask(scores, at, first, Math.min(from[r] - key, last));
        Softmax.maskAfter(scores, at, Math.max(to[r] - key, first), last);
        float before = reference[r];
        float now = Softmax.reference(scores, at + first, at + last, before);
        if (now != before) {
            if (before != Softmax.NO_REFERENCE) {
                rescale(r, (float) Math.pow(2, before - now));
            }
            reference[r] = now;
        }
        Softmax.weights(scores, at + first, at + last, now, totals, r * L);
    }

    private void rescale(int r, float factor) {
        FloatVector.fromArray(Simd.F, totals, r * L).mul(factor).intoArray(totals, r * L);
        int paddedDim = Math.ceilDiv(dim, NR) * NR;
        for (int i = r * paddedDim; i < (r + 1) * paddedDim; i += L) {
            FloatVector.fromArray(Simd.F, sums, i).mul(factor).intoArray(sums, i);
        }
    }

    /** Writes the means of the queries taken up from {@code q0}; zeros where no key was kept. */
    void store(Floats out, long batch, int tokens, int heads, int h, TokenOrder order, int q0) {
        int paddedDim = Math.ceilDiv(dim, NR) * NR;
        for (int r = 0; r < rows; r++) {
            float total = Simd.sum(FloatVector.fromArray(Simd.F, totals, r * L));
            float factor = total == 0 ? 0 : 1 / total;
            for (int i = r * paddedDim; i < (r + 1) * paddedDim; i += L) {
                FloatVector.fromArray(Simd.F, sums, i).mul(factor).intoArray(sums, i);
            }
            long token = batch * tokens + order.stored(q0 + r);
            out.store(sums, r * paddedDim, (token * heads + h) * dim, dim);
        }
    }
}
