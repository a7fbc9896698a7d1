package org.svgen.testkit;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** The part of {@link ReferenceOps} that works on [T, H, W, C]. */
final class ReferenceImages {
    private ReferenceImages() {}

    static void groupNorm(
            Tensor x,
            int groups,
            Tensor weight,
            Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            int @Nullable [] scaleFrame,
            Activation f,
            Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles w = Doubles.of(weight);
        Doubles b = Doubles.of(bias);
        Doubles factor = Doubles.ofNullable(scale);
        Doubles offset = Doubles.ofNullable(shift);
        int c = a.last();
        double[] mean = new double[groups];
        double[] variance = new double[groups];
        double count = (double) a.values().length / groups;
        for (int i = 0; i < a.values().length; i++) {
            mean[i % c * groups / c] += a.values()[i] / count;
        }
        for (int i = 0; i < a.values().length; i++) {
            int g = i % c * groups / c;
            variance[g] += (a.values()[i] - mean[g]) * (a.values()[i] - mean[g]) / count;
        }
        for (int t = 0; t < x.size(0); t++) {
            for (int i = 0; i < x.size(1); i++) {
                for (int j = 0; j < x.size(2); j++) {
                    for (int k = 0; k < c; k++) {
                        int g = k * groups / c;
                        double y = (a.get(t, i, j, k) - mean[g]) / Math.sqrt(variance[g] + eps);
                        y = y * w.get(k) + b.get(k);
                        if (factor != null && offset != null && scaleFrame != null) {
                            int ys = i * factor.dims()[1] / x.size(1);
                            int xs = j * factor.dims()[2] / x.size(2);
                            y *= factor.get(scaleFrame[t], ys, xs, k);
                            y += offset.get(scaleFrame[t], ys, xs, k);
                        }
                        a.set(ReferenceOps.apply(f, y), t, i, j, k);
                    }
                }
            }
        }
        int margin = (out.size(1) - x.size(1)) / 2;
        Doubles y = Doubles.zeros(out);
        for (int t = 0; t < out.size(0); t++) {
            for (int i = 0; i < out.size(1); i++) {
                for (int j = 0; j < out.size(2); j++) {
                    int row = Math.clamp(i - margin, 0, x.size(1) - 1);
                    int column = Math.clamp(j - margin, 0, x.size(2) - 1);
                    for (int k = 0; k < c; k++) {
                        y.set(a.get(t, row, column, k), t, i, j, k);
                    }
                }
            }
        }
        y.into(out);
    }

    static void conv3d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles w = Doubles.of(weight);
        Doubles b = Doubles.ofNullable(bias);
        Doubles y = Doubles.zeros(out);
        for (int t = 0; t < out.size(0); t++) {
            for (int i = 0; i < out.size(1); i++) {
                for (int j = 0; j < out.size(2); j++) {
                    for (int co = 0; co < out.size(3); co++) {
                        double sum = b == null ? 0 : b.get(co);
                        sum += correlate(a, w, g, t, i, j, co);
                        y.set(sum, t, i, j, co);
                    }
                }
            }
        }
        y.into(out);
    }

    private static double correlate(
            Doubles a, Doubles w, ConvGeometry g, int t, int i, int j, int co) {
        double sum = 0;
        for (int kt = 0; kt < w.dims()[2]; kt++) {
            for (int kh = 0; kh < w.dims()[3]; kh++) {
                for (int kw = 0; kw < w.dims()[4]; kw++) {
                    int row = i * g.strideSpace() + kh - g.top();
                    int column = j * g.strideSpace() + kw - g.left();
                    if (g.border() == Border.EDGE) {
                        row = Math.clamp(row, 0, a.dims()[1] - 1);
                        column = Math.clamp(column, 0, a.dims()[2] - 1);
                    }
                    if (row < 0 || row >= a.dims()[1] || column < 0 || column >= a.dims()[2]) {
                        continue;
                    }
                    for (int ci = 0; ci < a.last(); ci++) {
                        sum +=
                                a.get(t * g.strideTime() + kt, row, column, ci)
                                        * w.get(co, ci, kt, kh, kw);
                    }
                }
            }
        }
        return sum;
    }

    static void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles y = Doubles.zeros(out);
        for (int t = 0; t < out.size(0); t++) {
            for (int i = 0; i < out.size(1); i++) {
                for (int j = 0; j < out.size(2); j++) {
                    for (int c = 0; c < out.size(3); c++) {
                        y.set(a.get(t / time, i / space, j / space, c), t, i, j, c);
                    }
                }
            }
        }
        y.into(out);
    }
}
