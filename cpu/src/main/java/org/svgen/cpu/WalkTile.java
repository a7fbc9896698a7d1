package org.svgen.cpu;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.op.KeyWalk.Piece;
import org.svgen.tensor.op.KeyWalk.Row;
import org.svgen.tensor.op.TokenOrder;

/**
 * Some rows of a walk over the keys: the sum of each piece's weighted values is added, where the
 * piece ends, to all ways that keep it. A group of {@code MR} rows goes from cut to cut together.
 */
final class WalkTile {
    static final int ROWS = 16 * MicroKernel.MR;

    /** Keys of a tile. */
    private static final int KEYS = 128;

    private static final int MR = MicroKernel.MR;
    private static final int NR = MicroKernel.NR;
    private static final int L = Simd.LANES;
    private static final float LOG2E = 1.44269504f;

    private final List<Row> rows;
    private final int dim;
    private final int wide;
    private final int padded; // rows, whole groups
    private final int ways;
    private final float[] queries; // [rows, dim]
    private final float[] scores; // [rows, KEYS]
    private final float[] sums; // [rows, wide], of the piece that a row is in
    private final double[] totals; // [rows], of its weights
    private final float[] waySums; // [way, rows, wide]
    private final double[] wayTotals; // [way, rows]
    private final float[] reference; // [rows]
    private final int[] next; // [rows]: the first piece that does not end before the present key
    private final int[] first; // [groups]: of the tile's keys those that a row keeps
    private final int[] last;
    private final float[] unused = new float[L];

    /**
     * @param rows at most {@link #ROWS}
     * @param ways number of ways
     */
    WalkTile(List<Row> rows, int ways, int dim) {
        this.rows = rows;
        this.ways = ways;
        this.dim = dim;
        wide = Math.ceilDiv(dim, NR) * NR;
        int groups = Math.ceilDiv(rows.size(), MR);
        padded = groups * MR;
        queries = new float[padded * dim + L];
        scores = new float[padded * KEYS];
        sums = new float[padded * wide];
        totals = new double[padded];
        waySums = new float[ways * padded * wide];
        wayTotals = new double[ways * padded];
        reference = new float[padded];
        next = new int[padded];
        first = new int[groups];
        last = new int[groups];
        Arrays.fill(reference, Softmax.NO_REFERENCE);
    }

    void load(Floats q, long head, int[] sampled, float scale) {
        for (int r = 0; r < rows.size(); r++) {
            q.load((head + sampled[rows.get(r).index()]) * dim, queries, r * dim, dim);
        }
        for (int i = 0; i < rows.size() * dim; i++) {
            queries[i] *= scale * LOG2E;
        }
    }

    /** Walks over the keys before position {@code end} of {@code order}. */
    void attend(Floats k, Floats v, long head, TokenOrder order, int end) {
        float[] tokens = Scratch.floats(Scratch.Use.INPUT, NR * dim);
        float[] keyPanel = Scratch.floats(Scratch.Use.LEFT, NR * dim);
        float[] values = Scratch.floats(Scratch.Use.RIGHT, KEYS * wide);
        for (int key = 0; key < end; key += KEYS) {
            int n = Math.min(KEYS, end - key);
            if (!findKept(key, n)) {
                continue;
            }
            for (int j = 0; j < n; j += NR) {
                int m = Math.min(NR, n - j);
                load(k, head, order, key + j, m, tokens);
                HeadPanels.packKeys(tokens, m, dim, keyPanel, 0);
                score(keyPanel, j);
                load(v, head, order, key + j, m, tokens);
                HeadPanels.packValues(tokens, m, dim, values, j * NR, KEYS * NR);
            }
            for (int g = 0; g < first.length; g++) {
                if (first[g] < last[g]) {
                    for (int r = g * MR; r < Math.min(rows.size(), (g + 1) * MR); r++) {
                        weigh(r, key, first[g] / L * L, Simd.roundUp(last[g]));
                    }
                    add(g, key, values);
                }
            }
        }
    }

    /** Which keys of the tile each group keeps; whether there are any. */
    private boolean findKept(int key, int n) {
        boolean any = false;
        for (int g = 0; g < first.length; g++) {
            first[g] = n;
            last[g] = 0;
            for (int r = g * MR; r < Math.min(rows.size(), (g + 1) * MR); r++) {
                List<Piece> pieces = rows.get(r).pieces();
                for (int i = next[r]; i < pieces.size() && pieces.get(i).from() < key + n; i++) {
                    first[g] = Math.min(first[g], Math.max(pieces.get(i).from() - key, 0));
                    last[g] = Math.max(last[g], Math.min(pieces.get(i).to() - key, n));
                }
            }
            any |= first[g] < last[g];
        }
        return any;
    }

    private void load(Floats from, long head, TokenOrder order, int key, int n, float[] tokens) {
        if (order.isIdentity()) {
            from.load((head + key) * dim, tokens, 0, n * dim);
            return;
        }
        for (int i = 0; i < n; i++) {
            from.load((head + order.stored(key + i)) * dim, tokens, i * dim, dim);
        }
    }

    /**
     * Scores of the keys {@code j .. j + NR} of the tile, for the groups that keep some of them.
     */
    private void score(float[] keyPanel, int j) {
        for (int g = 0; g < first.length; g++) {
            if (first[g] < j + NR && last[g] > j) {
                int r = g * MR;
                MicroKernel.set(
                        dim, queries, r * dim, dim, keyPanel, 0, scores, r * KEYS + j, KEYS);
            }
        }
    }

    /** Turns the scores {@code from .. to} of a row to weights; they are zero between pieces. */
    private void weigh(int r, int key, int from, int to) {
        int at = r * KEYS;
        int done = from;
        List<Piece> pieces = rows.get(r).pieces();
        for (int i = next[r]; i < pieces.size() && done < to; i++) {
            int begin = Math.clamp(pieces.get(i).from() - key, done, to);
            Arrays.fill(scores, at + done, at + begin, Float.NEGATIVE_INFINITY);
            done = Math.clamp(pieces.get(i).to() - key, begin, to);
        }
        Arrays.fill(scores, at + done, at + to, Float.NEGATIVE_INFINITY);
        float before = reference[r];
        float now = Softmax.reference(scores, at + from, at + to, before);
        if (now != before) {
            rescale(r, (float) Math.pow(2, before - now));
            reference[r] = now;
        }
        Softmax.weights(scores, at + from, at + to, now, unused, 0);
    }

    private void rescale(int r, float factor) {
        totals[r] *= factor;
        scale(sums, r * wide, factor);
        for (int way = 0; way < ways; way++) {
            int state = way * padded + r;
            wayTotals[state] *= factor;
            scale(waySums, state * wide, factor);
        }
    }

    private void scale(float[] x, int at, float factor) {
        for (int i = at; i < at + wide; i++) {
            x[i] *= factor;
        }
    }

    /** Adds what group {@code g} keeps of the tile, up to the next cut of one of its rows each. */
    private void add(int g, int key, float[] values) {
        int end = Math.min(rows.size(), (g + 1) * MR);
        int to;
        for (int at = first[g]; at < last[g]; at = to) {
            to = last[g];
            for (int r = g * MR; r < end; r++) {
                List<Piece> pieces = rows.get(r).pieces();
                if (next[r] < pieces.size()) {
                    to = Math.min(to, pieces.get(next[r]).to() - key);
                }
            }
            for (int c = 0; c < wide; c += NR) {
                MicroKernel.add(
                        to - at,
                        scores,
                        g * MR * KEYS + at,
                        KEYS,
                        values,
                        c * KEYS + at * NR,
                        sums,
                        g * MR * wide + c,
                        wide);
            }
            for (int r = g * MR; r < end; r++) {
                totals[r] += sum(scores, r * KEYS + at, to - at);
                List<Piece> pieces = rows.get(r).pieces();
                if (next[r] < pieces.size() && pieces.get(next[r]).to() - key == to) {
                    endPiece(r, pieces.get(next[r]).ways());
                    next[r]++;
                }
            }
        }
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

    /** Adds the sum of the piece that row {@code r} has gone through to the ways that keep it. */
    private void endPiece(int r, long kept) {
        for (long left = kept; left != 0; left &= left - 1) {
            int state = Long.numberOfTrailingZeros(left) * padded + r;
            wayTotals[state] += totals[r];
            for (int i = 0; i < wide; i++) {
                waySums[state * wide + i] += sums[r * wide + i];
            }
        }
        totals[r] = 0;
        Arrays.fill(sums, r * wide, (r + 1) * wide, 0);
    }

    /** Writes the attention of the ways that are met on this walk to {@code [way, row, dim]}. */
    void store(float[] means, int sampled) {
        for (int r = 0; r < rows.size(); r++) {
            long met =
                    rows.get(r).pieces().stream().mapToLong(Piece::ways).reduce(0, (a, b) -> a | b);
            for (long left = met; left != 0; left &= left - 1) {
                int way = Long.numberOfTrailingZeros(left);
                int state = way * padded + r;
                double total = wayTotals[state];
                int to = (way * sampled + rows.get(r).index()) * dim;
                for (int i = 0; i < dim && total != 0; i++) {
                    means[to + i] = (float) (waySums[state * wide + i] / total);
                }
            }
        }
    }
}
