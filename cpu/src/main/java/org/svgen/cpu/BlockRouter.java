package org.svgen.cpu;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockErrorOp;
import org.svgen.tensor.op.BlockMassOp;
import org.svgen.tensor.op.RouteBlocksOp;

/** Which clusters of keys a cluster of queries attends to. */
final class BlockRouter {
    private final Parallel parallel;

    BlockRouter(Parallel parallel) {
        this.parallel = parallel;
    }

    void masses(BlockMassOp o) {
        int d = o.queries().size(3);
        int queries = o.queries().size(2);
        int keys = o.keys().size(2);
        Floats q = Floats.of(o.queries());
        Floats k = Floats.of(o.keys());
        Floats out = Floats.of(o.masses());
        parallel.run(
                o.bounds().size(0),
                m -> {
                    Columns columns = Columns.of(k, (long) m * keys * d, keys, d);
                    float[] rows = new float[Columns.ROWS * d];
                    float[] dots = new float[Columns.ROWS * columns.pitch()];
                    float[] sizes = logSizes(Clusters.ints(o.bounds(), m), o.first(), keys);
                    for (int c = 0; c < queries; c += Columns.ROWS) {
                        int count = Math.min(Columns.ROWS, queries - c);
                        q.load(((long) m * queries + c) * d, rows, 0, count * d);
                        columns.dots(rows, d, dots);
                        for (int r = 0; r < count; r++) {
                            int at = r * columns.pitch();
                            for (int j = 0; j < keys; j++) {
                                dots[at + j] = o.scale() * dots[at + j] + sizes[j];
                            }
                            out.store(dots, at, ((long) m * queries + c + r) * keys, keys);
                        }
                    }
                });
    }

    private static float[] logSizes(int[] bounds, int first, int count) {
        float[] sizes = new float[count];
        for (int j = 0; j < count; j++) {
            sizes[j] = (float) Math.log(bounds[first + j + 1] - bounds[first + j]);
        }
        return sizes;
    }

    void errors(BlockErrorOp o) {
        int d = o.queries().size(3);
        int maps = o.bounds().size(0);
        int queries = o.queries().size(2);
        int keys = o.keys().size(2);
        Floats q = Floats.of(o.queries());
        Columns[] columns = new Columns[maps];
        parallel.run(maps, m -> columns[m] = Columns.of(q, (long) m * queries * d, queries, d));
        parallel.run(
                maps * keys,
                task -> {
                    float[] errors = errors(o, task / keys, task % keys, columns[task / keys]);
                    for (int c = 0; c < queries; c++) {
                        long at = ((long) task / keys * queries + c) * keys + task % keys;
                        o.errors()
                                .host()
                                .setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, errors[c]);
                    }
                });
    }

    /** Of one cluster of keys, by cluster of queries. */
    private static float[] errors(BlockErrorOp o, int m, int j, Columns queries) {
        int from = Clusters.at(o.bounds(), m, o.first() + j);
        int to = Clusters.at(o.bounds(), m, o.first() + j + 1);
        float[] errors = new float[queries.count()];
        if (from == to) {
            Arrays.fill(errors, Float.NEGATIVE_INFINITY);
            return errors;
        }
        int d = o.k().size(3);
        int n = o.k().size(2);
        long mean = ((long) m * o.keys().size(2) + j) * d;
        float[] rows = new float[Columns.ROWS * d];
        float[] dots = new float[Columns.ROWS * queries.pitch()];
        Floats.of(o.keys()).load(mean, rows, 0, d);
        queries.dots(rows, d, dots);
        MeanError error = new MeanError(dots, queries.pitch(), o.scale());
        float[] value = new float[d];
        float[] token = new float[d];
        long block = (long) m * o.values().size(2) + o.first() + j;
        Floats.of(o.values()).load(block * d, value, 0, d);
        Floats k = Floats.of(o.k());
        Floats v = Floats.of(o.v());
        for (int p = from; p < to; p += Columns.ROWS) {
            int count = Math.min(Columns.ROWS, to - p);
            for (int r = 0; r < count; r++) {
                long row = (long) m * n + Clusters.at(o.order(), m, p + r);
                k.load(row * d, rows, r * d, d);
            }
            queries.dots(rows, d, dots);
            for (int r = 0; r < count; r++) {
                long row = (long) m * n + Clusters.at(o.order(), m, p + r);
                v.load(row * d, token, 0, d);
                error.add(dots, r * queries.pitch(), token, value);
            }
        }
        error.into(errors, to - from);
        return errors;
    }

    /** The errors of a cluster's mean for many queries, by a running maximum of logits. */
    private static final class MeanError {
        private final float scale;
        private final float[] most; // [queries]: the greatest logit so far
        private final float[] weight; // of the mean, relative to that
        private final float[] sum; // relative to its square

        /** Begins with the mean, whose products with queries {@code dots} holds. */
        MeanError(float[] dots, int pitch, float scale) {
            this.scale = scale;
            most = new float[pitch];
            for (int c = 0; c < pitch; c++) {
                most[c] = scale * dots[c];
            }
            weight = new float[pitch];
            Arrays.fill(weight, 1);
            sum = new float[pitch];
        }

        /**
         * With r and w the token's and the mean's weight, u = v - vbar: |r v - w vbar|^2 = r^2
         * |u|^2 + 2 r (r - w) vbar u + (r - w)^2 |vbar|^2, which does not cancel where both are
         * alike.
         */
        void add(float[] dots, int at, float[] v, float[] mean) {
            double apart = 0;
            double along = 0;
            double square = 0;
            for (int i = 0; i < v.length; i++) {
                double u = (double) v[i] - mean[i];
                apart += u * u;
                along += u * mean[i];
                square += (double) mean[i] * mean[i];
            }
            for (int c = 0; c < sum.length; c += Simd.LANES) {
                FloatVector logit = FloatVector.fromArray(Simd.F, dots, at + c).mul(scale);
                FloatVector before = FloatVector.fromArray(Simd.F, most, c);
                FloatVector now = before.max(logit);
                FloatVector factor = Simd.exp(before.sub(now));
                FloatVector w = FloatVector.fromArray(Simd.F, weight, c).mul(factor);
                FloatVector r = Simd.exp(logit.sub(now));
                FloatVector off = r.sub(w);
                FloatVector term =
                        r.mul(r)
                                .mul((float) apart)
                                .add(r.mul(off).mul((float) (2 * along)))
                                .add(off.mul(off).mul((float) square));
                now.intoArray(most, c);
                w.intoArray(weight, c);
                FloatVector.fromArray(Simd.F, sum, c)
                        .mul(factor.mul(factor))
                        .add(term)
                        .intoArray(sum, c);
            }
        }

        void into(float[] errors, int tokens) {
            for (int c = 0; c < errors.length; c++) {
                errors[c] =
                        sum[c] <= 0
                                ? Float.NEGATIVE_INFINITY
                                : (float) (2.0 * most[c] + Math.log(sum[c] / tokens));
            }
        }
    }

    void route(RouteBlocksOp o) {
        parallel.run(o.scores().size(0), m -> route(o, m));
    }

    private static void route(RouteBlocksOp o, int m) {
        int queries = o.scores().size(1);
        int keys = o.scores().size(2);
        int blocks = o.bounds().size(1) - 1;
        int[] bounds = Clusters.ints(o.bounds(), m);
        int[] sizes = new int[keys];
        for (int j = 0; j < keys; j++) {
            sizes[j] = bounds[o.first() + j + 1] - bounds[o.first() + j];
        }
        int words = o.bits().size(2);
        for (int row = 0; row < o.bits().size(1); row++) {
            int[] bits = new int[words];
            int c = row - o.first();
            boolean clusters = c >= 0 && c < queries;
            for (int j = 0; j < blocks; j++) {
                boolean text = j < o.first() || j >= o.first() + keys;
                bits[j >> 5] |= !clusters || text ? 1 << j : 0;
            }
            if (clusters) {
                float[] scores = row(o.scores(), m, c);
                float[] masses = o.masses() == null ? null : row(o.masses(), m, c);
                for (int j : chosen(c, scores, masses, sizes, o.limit())) {
                    bits[o.first() + j >> 5] |= 1 << o.first() + j;
                }
            }
            long at = ((long) m * o.bits().size(1) + row) * words;
            for (int w = 0; w < words; w++) {
                o.bits().host().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at + w, bits[w]);
            }
        }
    }

    private static float[] row(Tensor t, int m, int c) {
        return t.get(m).get(c).host().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static int[] chosen(
            int row,
            float[] scores,
            float @Nullable [] masses,
            int[] sizes,
            RouteBlocksOp.Limit limit) {
        int own = limit.own() ? row : -1;
        int[] sorted = sorted(scores, own);
        int count;
        if (limit.mass() == 0) {
            count = nearest(sorted, sizes, limit.keys());
        } else if (masses == null) {
            count = byMass(sorted, scores, limit.mass());
        } else {
            int[] heaviest = sorted(masses, own);
            int listed = Math.max(byMass(heaviest, masses, limit.mass()), limit.floor());
            long keys = 0;
            for (int i = 0; i < Math.min(listed, sizes.length); i++) {
                keys += sizes[heaviest[i]];
            }
            count = atLeast(sorted, sizes, keys);
        }
        int least = Math.min(Math.max(1, limit.floor()), sorted.length);
        return Arrays.copyOf(sorted, Math.max(count, least));
    }

    /** The own one first, if there is one, then the greatest, of equals the lower. */
    private static int[] sorted(float[] scores, int own) {
        long[] keys = new long[scores.length];
        for (int j = 0; j < keys.length; j++) {
            int bits = Float.floatToIntBits(scores[j]);
            int ascending =
                    bits ^ bits >> 31 & Integer.MAX_VALUE; // of all floats, NaN the greatest
            keys[j] = j == own ? Long.MIN_VALUE | j : (long) ~ascending << 32 | j;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }

    private static int byMass(int[] sorted, float[] masses, double share) {
        double[] sums = new double[sorted.length];
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += Math.exp((double) masses[sorted[i]] - masses[sorted[0]]);
            sums[i] = sum;
        }
        int count = 0;
        while (count < sums.length && sums[count] <= share * sum) {
            count++;
        }
        return Math.min(count + 1, sums.length);
    }

    private static int atLeast(int[] sorted, int[] sizes, long keys) {
        int count = 0;
        for (long sum = 0; count < sorted.length && sum < keys; count++) {
            sum += sizes[sorted[count]];
        }
        return count;
    }

    private static int nearest(int[] sorted, int[] sizes, double keys) {
        int count = 0;
        long sum = 0;
        while (count < sorted.length && sum + sizes[sorted[count]] / 2.0 <= keys) {
            sum += sizes[sorted[count++]];
        }
        return count;
    }
}
