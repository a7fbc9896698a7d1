package org.svgen.testkit;

import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.UpsampleNearestOp;

/** The part of {@link ReferenceOps} that works on [T, H, W, C]. */
final class ReferenceImages {
    private ReferenceImages() {}

    static void groupNorm(GroupNormOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles w = Doubles.of(o.weight());
        Doubles b = Doubles.of(o.bias());
        GroupNormOp.Modulation by = o.modulation();
        Doubles factor = Doubles.ofNullable(by == null ? null : by.scale());
        Doubles offset = Doubles.ofNullable(by == null ? null : by.shift());
        int c = a.last();
        double[] mean = new double[o.groups()];
        double[] variance = new double[o.groups()];
        double count = (double) a.values().length / o.groups();
        for (int i = 0; i < a.values().length; i++) {
            mean[i % c * o.groups() / c] += a.values()[i] / count;
        }
        for (int i = 0; i < a.values().length; i++) {
            int g = i % c * o.groups() / c;
            variance[g] += (a.values()[i] - mean[g]) * (a.values()[i] - mean[g]) / count;
        }
        for (int t = 0; t < o.x().size(0); t++) {
            for (int i = 0; i < o.x().size(1); i++) {
                for (int j = 0; j < o.x().size(2); j++) {
                    for (int k = 0; k < c; k++) {
                        int g = k * o.groups() / c;
                        double y = (a.get(t, i, j, k) - mean[g]) / Math.sqrt(variance[g] + o.eps());
                        y = y * w.get(k) + b.get(k);
                        if (by != null && factor != null && offset != null) {
                            int ys = i * factor.dims()[1] / o.x().size(1);
                            int xs = j * factor.dims()[2] / o.x().size(2);
                            y *= factor.get(by.scaleFrame()[t], ys, xs, k);
                            y += offset.get(by.scaleFrame()[t], ys, xs, k);
                        }
                        a.set(ReferenceOps.apply(o.f(), y), t, i, j, k);
                    }
                }
            }
        }
        int margin = (o.out().size(1) - o.x().size(1)) / 2;
        Doubles y = Doubles.zeros(o.out());
        for (int t = 0; t < o.out().size(0); t++) {
            for (int i = 0; i < o.out().size(1); i++) {
                for (int j = 0; j < o.out().size(2); j++) {
                    int row = Math.clamp(i - margin, 0, o.x().size(1) - 1);
                    int column = Math.clamp(j - margin, 0, o.x().size(2) - 1);
                    for (int k = 0; k < c; k++) {
                        y.set(a.get(t, row, column, k), t, i, j, k);
                    }
                }
            }
        }
        y.into(o.out());
    }

    static void conv3d(Conv3dOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles w = channelsLast(Doubles.of(o.weight()));
        Doubles b = Doubles.ofNullable(o.bias());
        Doubles y = Doubles.zeros(o.out());
        for (int t = 0; t < o.out().size(0); t++) {
            for (int i = 0; i < o.out().size(1); i++) {
                for (int j = 0; j < o.out().size(2); j++) {
                    for (int co = 0; co < o.out().size(3); co++) {
                        double sum = b == null ? 0 : b.get(co);
                        sum += correlate(a, w, o.geometry(), t, i, j, co);
                        y.set(sum, t, i, j, co);
                    }
                }
            }
        }
        y.into(o.out());
    }

    /** From [Co, Ci, Kt, Kh, Kw] to [Co, Kt, Kh, Kw, Ci], as pixels hold their channels. */
    private static Doubles channelsLast(Doubles w) {
        int[] d = w.dims();
        double[] values = new double[w.values().length];
        int taps = d[2] * d[3] * d[4];
        for (int i = 0; i < values.length; i++) {
            int co = i / (taps * d[1]);
            int ci = i / taps % d[1];
            values[(co * taps + i % taps) * d[1] + ci] = w.values()[i];
        }
        return new Doubles(values, new int[] {d[0], d[2], d[3], d[4], d[1]});
    }

    private static double correlate(
            Doubles a, Doubles w, ConvGeometry g, int t, int i, int j, int co) {
        double sum = 0;
        for (int kt = 0; kt < w.dims()[1]; kt++) {
            for (int kh = 0; kh < w.dims()[2]; kh++) {
                for (int kw = 0; kw < w.dims()[3]; kw++) {
                    int row = i * g.strideSpace() + kh - g.top();
                    int column = j * g.strideSpace() + kw - g.left();
                    if (g.border() == Border.EDGE) {
                        row = Math.clamp(row, 0, a.dims()[1] - 1);
                        column = Math.clamp(column, 0, a.dims()[2] - 1);
                    }
                    if (row < 0 || row >= a.dims()[1] || column < 0 || column >= a.dims()[2]) {
                        continue;
                    }
                    int pixel = a.at(t * g.strideTime() + kt, row, column, 0);
                    int weights = w.at(co, kt, kh, kw, 0);
                    for (int ci = 0; ci < a.last(); ci++) {
                        sum += a.values()[pixel + ci] * w.values()[weights + ci];
                    }
                }
            }
        }
        return sum;
    }

    static void upsampleNearest(UpsampleNearestOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles y = Doubles.zeros(o.out());
        for (int t = 0; t < o.out().size(0); t++) {
            for (int i = 0; i < o.out().size(1); i++) {
                for (int j = 0; j < o.out().size(2); j++) {
                    for (int c = 0; c < o.out().size(3); c++) {
                        y.set(a.get(t / o.time(), i / o.space(), j / o.space(), c), t, i, j, c);
                    }
                }
            }
        }
        y.into(o.out());
    }
}
