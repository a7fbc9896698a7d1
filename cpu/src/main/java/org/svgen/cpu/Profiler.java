package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.AttentionPlan;
import org.svgen.tensor.KeyPattern;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.TokenOrder;

/** How far each kind of attention is from dense attention, measured on some rows. */
final class Profiler {
    private final Parallel parallel;

    Profiler(Parallel parallel) {
        this.parallel = parallel;
    }

    void profile(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            float scale,
            Tensor errors,
            Tensor kinds) {
        int nq = q.size(2);
        int nk = k.size(2);
        int d = q.size(3);
        int wide = Simd.roundUp(d);
        int all = q.size(0) * q.size(1);
        Floats qs = Floats.of(q);
        MemorySegment best = kinds.host();
        MemorySegment to = errors.host();
        AttentionPlan.Kind dense =
                new AttentionPlan.Kind(KeyPattern.dense(nq, nk), TokenOrder.IDENTITY);
        parallel.run(
                all,
                bh -> {
                    float[] keys = SimpleAttention.head(k, bh, nk, d, wide, Scratch.Use.LEFT);
                    float[] values = SimpleAttention.head(v, bh, nk, d, wide, Scratch.Use.RIGHT);
                    float[] query = new float[wide];
                    float[] scores = Scratch.floats(Scratch.Use.PRODUCT, nk);
                    float[] exact = new float[wide];
                    float[] sum = new float[wide];
                    double[] error = new double[plan.kinds().size()];
                    for (int row : rows) {
                        qs.load(((long) bh * nq + row) * d, query, 0, d);
                        SimpleAttention.row(
                                query, keys, values, wide, dense, row, keyLimit, scale, scores,
                                exact);
                        for (int j = 0; j < error.length; j++) {
                            SimpleAttention.row(
                                    query,
                                    keys,
                                    values,
                                    wide,
                                    plan.kinds().get(j),
                                    row,
                                    nk,
                                    scale,
                                    scores,
                                    sum);
                            for (int i = 0; i < d; i++) {
                                error[j] += (double) (sum[i] - exact[i]) * (sum[i] - exact[i]);
                            }
                        }
                    }
                    for (int j = 0; j < error.length; j++) {
                        to.set(
                                ValueLayout.JAVA_FLOAT_UNALIGNED,
                                4L * ((long) j * all + bh),
                                (float) (error[j] / ((double) rows.length * d)));
                    }
                    best.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * bh, least(error));
                });
    }

    /** The index of the least; NaN is the greatest, the first wins a tie. */
    static int least(double[] errors) {
        int best = 0;
        for (int j = 1; j < errors.length; j++) {
            // Double.compare puts NaN last.
            if (Double.compare(errors[j], errors[best]) < 0) {
                best = j;
            }
        }
        return best;
    }
}
