package org.svgen.testkit;

import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops.HeadNorm;

/** The part of {@link ReferenceOps} that works on heads. */
final class ReferenceAttention {
    private ReferenceAttention() {}

    static void splitHeads(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int ropeFrom,
            int outFrom,
            Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles y = Doubles.of(out);
        Doubles c = Doubles.ofNullable(cos);
        Doubles s = Doubles.ofNullable(sin);
        Doubles w = Doubles.ofNullable(norm.weight());
        Doubles bias = Doubles.ofNullable(norm.bias());
        int d = a.last();
        for (int b = 0; b < x.size(0); b++) {
            for (int n = 0; n < x.size(1); n++) {
                boolean across = norm.kind() == HeadNorm.Kind.RMS_ACROSS;
                if (across) {
                    int all = x.size(2) * d;
                    int at = a.at(b, n, 0, 0);
                    ReferenceOps.normalise(norm.kind(), a.values(), at, all, w, bias, norm.eps());
                }
                for (int h = 0; h < x.size(2); h++) {
                    int at = a.at(b, n, h, 0);
                    if (!across) {
                        ReferenceOps.normalise(norm.kind(), a.values(), at, d, w, bias, norm.eps());
                    }
                    for (int i = 0; i < d; i++) {
                        double value = a.get(b, n, h, i);
                        int r = n - ropeFrom;
                        if (c != null && s != null && r >= 0 && r < c.dims()[0]) {
                            double other =
                                    i % 2 == 0 ? -a.get(b, n, h, i + 1) : a.get(b, n, h, i - 1);
                            value = value * c.get(r, i) + other * s.get(r, i);
                        }
                        y.set(value, b, h, outFrom + n, i);
                    }
                }
            }
        }
        y.into(out);
    }

    static void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        Head head = new Head(Doubles.of(q), Doubles.of(k), Doubles.of(v), scale);
        Doubles y = Doubles.zeros(out);
        int[] kind = kinds == null ? new int[q.size(0) * q.size(1)] : Doubles.ints(kinds);
        for (int b = 0; b < q.size(0); b++) {
            for (int h = 0; h < q.size(1); h++) {
                for (int n = 0; n < q.size(2); n++) {
                    var keeps = keeps(plan.kinds().get(kind[b * q.size(1) + h]), n);
                    double[] row = head.attend(b, h, n, keeps);
                    for (int i = 0; i < row.length; i++) {
                        y.set(row[i], b, n, h, i);
                    }
                }
            }
        }
        y.into(out);
    }

    static void profile(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            float scale,
            float tolerance,
            Tensor errors,
            Tensor kinds) {
        Head head = new Head(Doubles.of(q), Doubles.of(k), Doubles.of(v), scale);
        Doubles error = Doubles.zeros(errors);
        Doubles best = Doubles.zeros(kinds);
        for (int b = 0; b < q.size(0); b++) {
            for (int h = 0; h < q.size(1); h++) {
                double energy = 0;
                for (int row : rows) {
                    for (double o : head.attend(b, h, row, key -> key < keyLimit)) {
                        energy += o * o / ((double) rows.length * q.size(3));
                    }
                }
                for (int j = 0; j < plan.kinds().size(); j++) {
                    double sum = 0;
                    for (int row : rows) {
                        double[] dense = head.attend(b, h, row, key -> key < keyLimit);
                        double[] sparse = head.attend(b, h, row, keeps(plan.kinds().get(j), row));
                        for (int i = 0; i < dense.length; i++) {
                            sum += Math.pow(sparse[i] - dense[i], 2);
                        }
                    }
                    error.set(sum / ((double) rows.length * q.size(3)), j, b, h);
                    if (Double.compare(error.get(j, b, h), error.get((int) best.get(b, h), b, h))
                            < 0) {
                        best.set(j, b, h);
                    }
                }
                if (error.get((int) best.get(b, h), b, h) > tolerance * energy) {
                    best.set(plan.kinds().size(), b, h);
                }
            }
        }
        error.into(errors);
        best.into(kinds);
    }

    static void biased(Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        Doubles a = Doubles.of(q);
        Doubles keys = Doubles.of(k);
        Doubles values = Doubles.of(v);
        Doubles added = Doubles.of(bias);
        Doubles y = Doubles.zeros(out);
        int n = q.size(0);
        for (int i = 0; i < n; i++) {
            for (int h = 0; h < q.size(1); h++) {
                int query = i;
                int head = h;
                double[] weights =
                        softmax(
                                n,
                                j -> true,
                                j -> {
                                    double s = 0;
                                    for (int e = 0; e < a.last(); e++) {
                                        s += a.get(query, head, e) * keys.get(j, head, e);
                                    }
                                    return s * scale + added.get(head, query, j);
                                });
                for (int e = 0; e < a.last(); e++) {
                    double sum = 0;
                    for (int j = 0; j < n; j++) {
                        sum += weights[j] * values.get(j, h, e);
                    }
                    y.set(sum, i, h, e);
                }
            }
        }
        y.into(out);
    }

    /** The keys, by stored position, that the query stored at {@code n} attends to. */
    private static IntPredicate keeps(AttentionPlan.Kind kind, int n) {
        return key -> kind.pattern().keeps(kind.order().position(n), kind.order().position(key));
    }

    /** Zeros where nothing is kept. */
    private static double[] softmax(int n, IntPredicate keeps, IntToDoubleFunction score) {
        double[] weights = new double[n];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            weights[j] = keeps.test(j) ? score.applyAsDouble(j) : Double.NEGATIVE_INFINITY;
            max = Math.max(max, weights[j]);
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            weights[j] = keeps.test(j) ? Math.exp(weights[j] - max) : 0;
            sum += weights[j];
        }
        for (int j = 0; j < n && sum != 0; j++) {
            weights[j] /= sum;
        }
        return weights;
    }

    private record Head(Doubles q, Doubles k, Doubles v, double scale) {
        double[] attend(int b, int h, int n, IntPredicate keeps) {
            int d = q.last();
            double[] weights =
                    softmax(
                            k.dims()[2],
                            keeps,
                            j -> {
                                double s = 0;
                                for (int i = 0; i < d; i++) {
                                    s += q.get(b, h, n, i) * k.get(b, h, j, i);
                                }
                                return s * scale;
                            });
            double[] out = new double[d];
            for (int j = 0; j < weights.length; j++) {
                for (int i = 0; i < d && weights[j] != 0; i++) {
                    out[i] += weights[j] * v.get(b, h, j, i);
                }
            }
            return out;
        }
    }
}
