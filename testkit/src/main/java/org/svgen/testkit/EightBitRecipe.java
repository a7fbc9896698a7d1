package org.svgen.testkit;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * The CPU, which attends in 8 bits as {@link AttentionPrecision#EIGHT_BITS} describes it, rounding
 * in double precision and slowly. Kernels need not give its bits.
 */
public final class EightBitRecipe extends ForwardingBackend {
    private static final int KEYS = 32; // of a scale
    private static final int TILE = 128; // of weights
    private static final double INT8 = 127;
    private static final double E4M3 = 448;

    public EightBitRecipe() {
        super(Backends.open("cpu", note -> {}));
    }

    @Override
    public Optional<String> refuses(Op op) {
        return Optional.empty();
    }

    @Override
    public Ops ops() {
        return op -> {
            if (op instanceof AttentionOp o && o.precision() == AttentionPrecision.EIGHT_BITS) {
                attend(o);
            } else {
                super.ops().run(op);
            }
        };
    }

    private static void attend(AttentionOp o) {
        Doubles y = Doubles.zeros(o.out());
        int heads = o.q().size(1);
        int[] kind = o.kinds() == null ? new int[o.q().size(0) * heads] : Doubles.ints(o.kinds());
        for (int b = 0; b < o.q().size(0); b++) {
            for (int h = 0; h < heads; h++) {
                double[][] q = rows(Doubles.of(o.q().get(b).get(h)));
                double[][] k = rows(Doubles.of(o.k().get(b).get(h)));
                double[][] v = rows(Doubles.of(o.v().get(b).get(h)));
                Head head = new Head(queries(q), keys(k), values(v), o.scale());
                var of = o.plan().kinds().get(kind[b * heads + h]);
                for (int n = 0; n < q.length; n++) {
                    int query = of.order().position(n);
                    double[] row =
                            head.attend(n, j -> of.pattern().keeps(query, of.order().position(j)));
                    for (int i = 0; i < row.length; i++) {
                        y.set(row[i], b, n, h, i);
                    }
                }
            }
        }
        y.into(o.out());
    }

    private static double[][] rows(Doubles all) {
        double[][] rows = new double[all.rows()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(all.values(), i * all.last(), (i + 1) * all.last());
        }
        return rows;
    }

    private static double[][] queries(double[][] q) {
        for (double[] row : q) {
            toInt8(row);
        }
        return q;
    }

    private static double[][] keys(double[][] k) {
        int d = k.length == 0 ? 0 : k[0].length;
        for (int i = 0; i < d; i++) {
            double mean = 0;
            for (double[] row : k) {
                mean += row[i] / k.length;
            }
            for (double[] row : k) {
                row[i] -= mean;
            }
        }
        for (int from = 0; from < k.length; from += KEYS) {
            toInt8(Arrays.copyOfRange(k, from, Math.min(from + KEYS, k.length)));
        }
        return k;
    }

    private static void toInt8(double[]... rows) {
        double scale = greatest(rows) / INT8;
        for (double[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = scale == 0 ? 0 : Math.rint(row[i] / scale) * scale;
            }
        }
    }

    /** NaN if there is one. */
    private static double greatest(double[]... rows) {
        double greatest = 0;
        for (double[] row : rows) {
            for (double x : row) {
                greatest = Math.max(greatest, Math.abs(x));
            }
        }
        return greatest;
    }

    private static double[][] values(double[][] v) {
        int d = v.length == 0 ? 0 : v[0].length;
        for (int i = 0; i < d; i++) {
            double greatest = 0;
            for (double[] row : v) {
                greatest = Math.max(greatest, Math.abs(row[i]));
            }
            double scale = greatest / E4M3;
            for (double[] row : v) {
                row[i] = scale == 0 ? 0 : toE4m3(row[i] / scale) * scale;
            }
        }
        return v;
    }

    /** Three bits behind the first, down to 2^-9. */
    private static double toE4m3(double x) {
        int exponent = Math.max(Math.getExponent(x), -6) - 3;
        double unit = Math.scalb(1.0, Math.min(exponent, 5));
        return Math.clamp(Math.rint(x / unit) * unit, -E4M3, E4M3);
    }

    private record Head(double[][] q, double[][] k, double[][] v, double scale) {
        double[] attend(int n, IntPredicate keeps) {
            double[] scores = new double[k.length];
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < scores.length; j++) {
                scores[j] = keeps.test(j) ? score(n, j) : Double.NEGATIVE_INFINITY;
                max = Math.max(max, scores[j]);
            }
            double[] out = new double[v.length == 0 ? 0 : v[0].length];
            double sum = 0;
            for (int from = 0;
                    from < scores.length && max != Double.NEGATIVE_INFINITY;
                    from += TILE) {
                int to = Math.min(from + TILE, scores.length);
                double inTile = 0;
                for (int j = from; j < to; j++) {
                    scores[j] = Math.exp(scores[j] - max);
                    inTile += scores[j];
                }
                sum += inTile;
                add(out, scores, from, to, inTile);
            }
            for (int i = 0; i < out.length && sum != 0; i++) {
                out[i] /= sum;
            }
            return out;
        }

        private double score(int n, int j) {
            double s = 0;
            for (int i = 0; i < q[n].length; i++) {
                s += q[n][i] * k[j][i];
            }
            return s * scale;
        }

        /** Weights that sum up to less than 2^8, the most of a tile's greatest weight. */
        private void add(double[] out, double[] weights, int from, int to, double inTile) {
            double unit = Math.scalb(1.0, Math.getExponent(inTile) - 7);
            for (int j = from; j < to; j++) {
                if (weights[j] != 0) {
                    double weight = toE4m3(weights[j] / unit) * unit;
                    for (int i = 0; i < out.length; i++) {
                        out[i] += weight * v[j][i];
                    }
                }
            }
        }
    }
}
