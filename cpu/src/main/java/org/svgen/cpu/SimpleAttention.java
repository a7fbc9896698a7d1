package org.svgen.cpu;

import jdk.incubator.vector.FloatVector;
import org.svgen.tensor.AttentionPlan;
import org.svgen.tensor.KeyPattern;
import org.svgen.tensor.Tensor;

/** Attention one query row at a time. */
final class SimpleAttention {
    private static final int ROWS = 64;

    private final Parallel parallel;

    SimpleAttention(Parallel parallel) {
        this.parallel = parallel;
    }

    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            int[] kinds,
            float scale,
            Tensor out) {
        int heads = q.size(1);
        int nq = q.size(2);
        int nk = k.size(2);
        int d = q.size(3);
        int wide = Simd.roundUp(d);
        Floats qs = Floats.of(q);
        Floats to = Floats.of(out);
        int blocks = Math.ceilDiv(nq, ROWS);
        parallel.run(
                q.size(0) * heads * blocks,
                task -> {
                    int bh = task / blocks;
                    int b = bh / heads;
                    int h = bh % heads;
                    AttentionPlan.Kind kind = plan.kinds().get(kinds[bh]);
                    float[] keys = head(k, bh, nk, d, wide, Scratch.Use.LEFT);
                    float[] values = head(v, bh, nk, d, wide, Scratch.Use.RIGHT);
                    float[] query = new float[wide];
                    float[] scores = Scratch.floats(Scratch.Use.PRODUCT, nk);
                    float[] sum = new float[wide];
                    int end = Math.min(nq, (task % blocks + 1) * ROWS);
                    for (int stored = task % blocks * ROWS; stored < end; stored++) {
                        qs.load(((long) bh * nq + stored) * d, query, 0, d);
                        row(query, keys, values, wide, kind, stored, nk, scale, scores, sum);
                        to.store(sum, 0, (((long) b * nq + stored) * heads + h) * d, d);
                    }
                });
    }

    static float[] head(Tensor x, int bh, int n, int d, int wide, Scratch.Use use) {
        float[] to = Scratch.floats(use, n * wide);
        Floats from = Floats.of(x);
        for (int i = 0; i < n; i++) {
            from.load(((long) bh * n + i) * d, to, i * wide, d);
            java.util.Arrays.fill(to, i * wide + d, (i + 1) * wide, 0);
        }
        return to;
    }

    /** One query's attention over the keys its kind keeps. */
    static void row(
            float[] query,
            float[] keys,
            float[] values,
            int wide,
            AttentionPlan.Kind kind,
            int stored,
            int limit,
            float scale,
            float[] scores,
            float[] sum) {
        int position = kind.order().position(stored);
        KeyPattern.Segment segment = kind.pattern().segmentOf(position);
        float max = Float.NEGATIVE_INFINITY;
        for (KeyPattern.Span span : segment.spans()) {
            max =
                    Math.max(
                            max,
                            scores(
                                    query,
                                    keys,
                                    wide,
                                    kind,
                                    span.from(),
                                    Math.min(limit, span.to()),
                                    scale,
                                    scores));
        }
        int bandFrom = segment.bandFrom(position);
        int bandTo = Math.min(limit, segment.bandTo(position));
        max = Math.max(max, scores(query, keys, wide, kind, bandFrom, bandTo, scale, scores));
        java.util.Arrays.fill(sum, 0);
        float total = 0;
        for (KeyPattern.Span span : segment.spans()) {
            total +=
                    add(
                            values,
                            wide,
                            kind,
                            span.from(),
                            Math.min(limit, span.to()),
                            scores,
                            max,
                            sum);
        }
        total += add(values, wide, kind, bandFrom, bandTo, scores, max, sum);
        for (int i = 0; i < wide; i++) {
            sum[i] = total == 0 ? 0 : sum[i] / total;
        }
    }

    private static float scores(
            float[] query,
            float[] keys,
            int wide,
            AttentionPlan.Kind kind,
            int from,
            int to,
            float scale,
            float[] scores) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = from; j < to; j++) {
            int at = kind.order().stored(j) * wide;
            FloatVector s = FloatVector.zero(Simd.F);
            for (int i = 0; i < wide; i += Simd.LANES) {
                s =
                        FloatVector.fromArray(Simd.F, keys, at + i)
                                .fma(FloatVector.fromArray(Simd.F, query, i), s);
            }
            scores[j] = scale * Simd.sum(s);
            max = Math.max(max, scores[j]);
        }
        return max;
    }

    private static float add(
            float[] values,
            int wide,
            AttentionPlan.Kind kind,
            int from,
            int to,
            float[] scores,
            float max,
            float[] sum) {
        float total = 0;
        for (int j = from; j < to; j++) {
            float p = (float) Math.exp(scores[j] - max);
            total += p;
            int at = kind.order().stored(j) * wide;
            for (int i = 0; i < wide; i += Simd.LANES) {
                FloatVector.fromArray(Simd.F, values, at + i)
                        .fma(
                                FloatVector.broadcast(Simd.F, p),
                                FloatVector.fromArray(Simd.F, sum, i))
                        .intoArray(sum, i);
            }
        }
        return total;
    }
}
