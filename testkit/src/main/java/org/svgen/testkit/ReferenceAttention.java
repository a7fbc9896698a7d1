package org.svgen.testkit;

import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.BiasedAttentionOp;
import org.svgen.tensor.op.ChooseKindsOp;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.SplitHeadsOp;

/** The part of {@link ReferenceOps} that works on heads. */
final class ReferenceAttention {
    private ReferenceAttention() {}

    static void splitHeads(SplitHeadsOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles y = Doubles.of(o.out());
        Doubles c = Doubles.ofNullable(o.cos());
        Doubles s = Doubles.ofNullable(o.sin());
        Doubles w = Doubles.ofNullable(o.norm().weight());
        Doubles bias = Doubles.ofNullable(o.norm().bias());
        int d = a.last();
        for (int b = 0; b < o.x().size(0); b++) {
            for (int n = 0; n < o.x().size(1); n++) {
                boolean across = o.norm().kind() == HeadNorm.Kind.RMS_ACROSS;
                if (across) {
                    int all = o.x().size(2) * d;
                    int at = a.at(b, n, 0, 0);
                    ReferenceOps.normalise(
                            o.norm().kind(), a.values(), at, all, w, bias, o.norm().eps());
                }
                for (int h = 0; h < o.x().size(2); h++) {
                    int at = a.at(b, n, h, 0);
                    if (!across) {
                        ReferenceOps.normalise(
                                o.norm().kind(), a.values(), at, d, w, bias, o.norm().eps());
                    }
                    for (int i = 0; i < d; i++) {
                        double value = a.get(b, n, h, i);
                        int r = n - o.ropeFrom();
                        if (c != null && s != null && r >= 0 && r < c.dims()[0]) {
                            double other =
                                    i % 2 == 0 ? -a.get(b, n, h, i + 1) : a.get(b, n, h, i - 1);
                            value = value * c.get(r, i) + other * s.get(r, i);
                        }
                        y.set(value, b, h, o.outFrom() + n, i);
                    }
                }
            }
        }
        y.into(o.out());
    }

    static void attention(AttentionOp o) {
        Head head = new Head(Doubles.of(o.q()), Doubles.of(o.k()), Doubles.of(o.v()), o.scale());
        Doubles y = Doubles.zeros(o.out());
        int[] kind =
                o.kinds() == null
                        ? new int[o.q().size(0) * o.q().size(1)]
                        : Doubles.ints(o.kinds());
        for (int b = 0; b < o.q().size(0); b++) {
            for (int h = 0; h < o.q().size(1); h++) {
                for (int n = 0; n < o.q().size(2); n++) {
                    var keeps = keeps(o.plan().kinds().get(kind[b * o.q().size(1) + h]), n);
                    double[] row = head.attend(b, h, n, keeps);
                    for (int i = 0; i < row.length; i++) {
                        y.set(row[i], b, n, h, i);
                    }
                }
            }
        }
        y.into(o.out());
    }

    static void profile(ProfileOp o) {
        Head head = new Head(Doubles.of(o.q()), Doubles.of(o.k()), Doubles.of(o.v()), o.scale());
        Doubles error = Doubles.zeros(o.errors());
        Doubles energies = Doubles.zeros(o.energies());
        for (int b = 0; b < o.q().size(0); b++) {
            for (int h = 0; h < o.q().size(1); h++) {
                double energy = 0;
                double values = (double) o.rows().length * o.q().size(3);
                for (int row : o.rows()) {
                    double[] dense = head.attend(b, h, row, key -> key < o.keyLimit());
                    for (double y : dense) {
                        energy += y * y / values;
                    }
                    for (int j = 0; j < o.plan().kinds().size(); j++) {
                        double[] sparse =
                                head.attend(b, h, row, keeps(o.plan().kinds().get(j), row));
                        double sum = 0;
                        for (int i = 0; i < dense.length; i++) {
                            sum += Math.pow(sparse[i] - dense[i], 2);
                        }
                        error.set(error.get(j, b, h) + sum / values, j, b, h);
                    }
                }
                energies.set(energy, b, h);
            }
        }
        error.into(o.errors());
        energies.into(o.energies());
    }

    static void chooseKinds(ChooseKindsOp o) {
        Doubles errors = Doubles.of(o.errors());
        Doubles energies = Doubles.of(o.energies());
        Doubles best = Doubles.zeros(o.kinds());
        int dense = o.costs().length - 1;
        for (int b = 0; b < o.kinds().size(0); b++) {
            double multiplier = o.multipliers()[b];
            double energy = 0;
            for (int h = 0; h < o.kinds().size(1); h++) {
                energy += energies.get(b, h);
            }
            energy /= o.kinds().size(1);
            for (int h = 0; h < o.kinds().size(1); h++) {
                int chosen = dense;
                double least = multiplier > 0 ? multiplier * energy * o.costs()[dense] : Double.NaN;
                for (int j = dense - 1; j >= 0; j--) {
                    double error = errors.get(j, b, h);
                    double score = error + multiplier * energy * o.costs()[j];
                    boolean willDo =
                            Float.isInfinite(o.tolerance())
                                    || error <= o.tolerance() * energies.get(b, h);
                    // Double.compare takes NaN for the greatest.
                    boolean beatsNone = chosen == dense && multiplier == 0;
                    if (willDo && (beatsNone || Double.compare(score, least) <= 0)) {
                        chosen = j;
                        least = score;
                    }
                }
                best.set(chosen, b, h);
            }
        }
        best.into(o.kinds());
    }

    static void biased(BiasedAttentionOp o) {
        Doubles a = Doubles.of(o.q());
        Doubles keys = Doubles.of(o.k());
        Doubles values = Doubles.of(o.v());
        Doubles added = Doubles.of(o.bias());
        Doubles y = Doubles.zeros(o.out());
        int n = o.q().size(0);
        for (int i = 0; i < n; i++) {
            for (int h = 0; h < o.q().size(1); h++) {
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
                                    return s * o.scale() + added.get(head, query, j);
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
        y.into(o.out());
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
            int keys = k.dims()[2];
            int query = q.at(b, h, n, 0);
            int first = keys == 0 ? 0 : k.at(b, h, 0, 0);
            double[] weights =
                    softmax(
                            keys,
                            keeps,
                            j -> {
                                double s = 0;
                                for (int i = 0; i < d; i++) {
                                    s += q.values()[query + i] * k.values()[first + j * d + i];
                                }
                                return s * scale;
                            });
            double[] out = new double[d];
            for (int j = 0; j < weights.length; j++) {
                for (int i = 0; i < d && weights[j] != 0; i++) {
                    out[i] += weights[j] * v.values()[first + j * d + i];
                }
            }
            return out;
        }
    }
}
