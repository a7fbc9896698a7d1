package org.svgen.cpu;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.op.KeyPattern.Span;

/**
 * Some query rows that attend in several ways at once, in one pass over keys and values in stored
 * order: scores and weights are computed once, each way sums those that it keeps. Way 0 is dense up
 * to a limit, way j + 1 is kind j.
 */
final class ProfileTile {
    static final int ROWS = 16 * MicroKernel.MR;

    /** Keys of a tile. */
    private static final int KEYS = 128;

    private static final int MR = MicroKernel.MR;
    private static final int NR = MicroKernel.NR;
    private static final int L = Simd.LANES;
    private static final float LOG2E = 1.44269504f;

    private final List<List<List<Span>>> runs; // [way][row]
    private final int first;
    private final int count;
    private final int limit;
    private final int dim;
    private final int wide;
    private final int padded; // rows, whole groups
    private final float[] queries; // [rows, dim]
    private final float[] scores;
    private final float[] sums; // [way, rows, wide]
    private final double[] totals; // [way, rows]
    private final float[] reference;
    private final int[] next; // [way, row]: first run that does not end before the present tile

    /**
     * @param runs keys that each row keeps; those of way 0 are not looked at
     */
    ProfileTile(List<List<List<Span>>> runs, int first, int count, int limit, int dim) {
        this.runs = runs;
        this.first = first;
        this.count = count;
        this.limit = limit;
        this.dim = dim;
        wide = Math.ceilDiv(dim, NR) * NR;
        padded = Math.ceilDiv(count, MR) * MR;
        queries = new float[padded * dim + L];
        scores = new float[padded * KEYS];
        sums = new float[runs.size() * padded * wide];
        totals = new double[runs.size() * padded];
        reference = new float[padded];
        next = new int[runs.size() * padded];
        Arrays.fill(reference, Softmax.NO_REFERENCE);
    }

    void load(Floats q, long head, int[] rows, float scale) {
        for (int r = 0; r < count; r++) {
            q.load((head + rows[first + r]) * dim, queries, r * dim, dim);
        }
        for (int i = 0; i < count * dim; i++) {
            queries[i] *= scale * LOG2E;
        }
    }

    void attend(Floats k, Floats v, long head, int keys) {
        float[] rows = Scratch.floats(Scratch.Use.INPUT, NR * dim);
        float[] keyPanel = Scratch.floats(Scratch.Use.LEFT, NR * dim);
        float[] values = Scratch.floats(Scratch.Use.RIGHT, KEYS * wide);
        float[] unused = new float[L];
        for (int key = 0; key < keys; key += KEYS) {
            int n = Math.min(KEYS, keys - key);
            for (int j = 0; j < n; j += NR) {
                int m = Math.min(NR, n - j);
                k.load((head + key + j) * dim, rows, 0, m * dim);
                HeadPanels.packKeys(rows, m, dim, keyPanel, 0);
                for (int r = 0; r < padded; r += MR) {
                    MicroKernel.set(
                            dim, queries, r * dim, dim, keyPanel, 0, scores, r * KEYS + j, KEYS);
                }
            }
            for (int j = 0; j < n; j += NR) {
                int m = Math.min(NR, n - j);
                v.load((head + key + j) * dim, rows, 0, m * dim);
                HeadPanels.packValues(rows, m, dim, values, j * NR, KEYS * NR);
            }
            for (int r = 0; r < count; r++) {
                weigh(r, n, unused);
            }
            addDense(Math.clamp(limit - (long) key, 0, n), values);
            for (int way = 1; way < runs.size(); way++) {
                for (int r = 0; r < count; r++) {
                    addKept(way, r, key, n, values);
                }
            }
        }
    }

    private void weigh(int r, int n, float[] unused) {
        int at = r * KEYS;
        Arrays.fill(scores, at + n, at + Simd.roundUp(n), Float.NEGATIVE_INFINITY);
        float before = reference[r];
        float now = Softmax.reference(scores, at, at + Simd.roundUp(n), before);
        if (now != before) {
            float factor = (float) Math.pow(2, before - now);
            for (int way = 0; way < runs.size(); way++) {
                totals[way * padded + r] *= factor;
                for (int i = 0; i < wide; i++) {
                    sums[(way * padded + r) * wide + i] *= factor;
                }
            }
            reference[r] = now;
        }
        Softmax.weights(scores, at, at + Simd.roundUp(n), now, unused, 0);
    }

    private void addDense(int n, float[] values) {
        for (int c = 0; c < wide; c += NR) {
            for (int r = 0; r < padded; r += MR) {
                MicroKernel.add(
                        n, scores, r * KEYS, KEYS, values, c * KEYS, sums, r * wide + c, wide);
            }
        }
        for (int r = 0; r < count; r++) {
            totals[r] += sum(scores, r * KEYS, n);
        }
    }

    /** Adds the keys {@code key .. key + n} that row {@code r} keeps in {@code way}. */
    private void addKept(int way, int r, int key, int n, float[] values) {
        List<Span> kept = runs.get(way).get(first + r);
        int state = way * padded + r;
        int i = next[state];
        for (; i < kept.size() && kept.get(i).from() < key + n; i++) {
            int from = Math.max(kept.get(i).from() - key, 0);
            int to = Math.min(kept.get(i).to() - key, n);
            totals[state] += sum(scores, r * KEYS + from, to - from);
            for (int c = 0; c < wide; c += NR) {
                accumulate(
                        scores,
                        r * KEYS + from,
                        to - from,
                        values,
                        c * KEYS + from * NR,
                        sums,
                        state * wide + c);
            }
            if (kept.get(i).to() > key + n) {
                break;
            }
        }
        next[state] = i;
    }

    /** {@code out += sum over i < n of weight i times NR values}. */
    private static void accumulate(
            float[] weights, int at, int n, float[] values, int v, float[] out, int to) {
        FloatVector a0 = FloatVector.fromArray(Simd.F, out, to);
        FloatVector a1 = FloatVector.fromArray(Simd.F, out, to + L);
        FloatVector b0 = FloatVector.zero(Simd.F);
        FloatVector b1 = b0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            FloatVector w = FloatVector.broadcast(Simd.F, weights[at + i]);
            FloatVector x = FloatVector.broadcast(Simd.F, weights[at + i + 1]);
            a0 = w.fma(FloatVector.fromArray(Simd.F, values, v + i * NR), a0);
            a1 = w.fma(FloatVector.fromArray(Simd.F, values, v + i * NR + L), a1);
            b0 = x.fma(FloatVector.fromArray(Simd.F, values, v + i * NR + 2 * L), b0);
            b1 = x.fma(FloatVector.fromArray(Simd.F, values, v + i * NR + 3 * L), b1);
        }
        if (i < n) {
            FloatVector w = FloatVector.broadcast(Simd.F, weights[at + i]);
            a0 = w.fma(FloatVector.fromArray(Simd.F, values, v + i * NR), a0);
            a1 = w.fma(FloatVector.fromArray(Simd.F, values, v + i * NR + L), a1);
        }
        a0.add(b0).intoArray(out, to);
        a1.add(b1).intoArray(out, to + L);
    }

    private static float sum(float[] x, int from, int n) {
        FloatVector s = FloatVector.zero(Simd.F);
        int i = 0;
        for (; i + L <= n; i += L) {
            s = s.add(FloatVector.fromArray(Simd.F, x, from + i));
        }
        float sum = Simd.sum(s);
        for (; i < n; i++) {
            sum += x[from + i];
        }
        return sum;
    }

    /** Of way 0, then of each kind's difference from it; summed over rows and channels. */
    double[] squares() {
        double[] squares = new double[runs.size()];
        for (int way = 0; way < squares.length; way++) {
            for (int r = 0; r < count; r++) {
                for (int i = 0; i < dim; i++) {
                    double d = mean(way, r, i) - (way == 0 ? 0 : mean(0, r, i));
                    squares[way] += d * d;
                }
            }
        }
        return squares;
    }

    private double mean(int way, int r, int i) {
        double total = totals[way * padded + r];
        return total == 0 ? 0 : sums[(way * padded + r) * wide + i] / total;
    }
}
