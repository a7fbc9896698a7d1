package org.svgen.testkit;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;

/**
 * Every operation as its formula says, in double precision and plain loops, on host tensors: what
 * backends are compared with. It checks no shapes but those that its indices run into.
 */
public final class ReferenceOps implements Ops {

    @Override
    public void convert(Tensor x, Tensor out) {
        map(v -> v, x, out);
    }

    @Override
    public void fill(float value, Tensor out) {
        map(v -> value, out, out);
    }

    @Override
    public void axpby(float a, Tensor x, float b, Tensor y, Tensor out) {
        zip((u, v) -> a * u + b * v, x, y, out);
    }

    @Override
    public void multiply(Tensor x, Tensor y, Tensor out) {
        zip((u, v) -> u * v, x, y, out);
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor out) {
        map(v -> apply(f, v), x, out);
    }

    @Override
    public void embedding(Tensor ids, Tensor table, Tensor out) {
        Doubles rows = Doubles.of(table);
        Doubles y = Doubles.zeros(out);
        int[] id = Doubles.ints(ids);
        for (int i = 0; i < id.length; i++) {
            for (int c = 0; c < rows.last(); c++) {
                y.set(rows.get(id[i], c), i, c);
            }
        }
        y.into(out);
    }

    @Override
    public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation f, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles w = Doubles.of(weight);
        Doubles b = Doubles.ofNullable(bias);
        Doubles y = Doubles.zeros(out);
        int k = a.last();
        int n = y.last();
        for (int m = 0; m < a.rows(); m++) {
            for (int j = 0; j < n; j++) {
                double sum = b == null ? 0 : b.get(j);
                for (int i = 0; i < k; i++) {
                    sum += a.values()[m * k + i] * w.get(j, i);
                }
                y.values()[m * n + j] = apply(f, sum);
            }
        }
        y.into(out);
    }

    @Override
    public void linearPair(Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles b = Doubles.of(y);
        Doubles w = Doubles.of(weight);
        Doubles offset = Doubles.ofNullable(bias);
        Doubles z = Doubles.zeros(out);
        int k = a.last();
        int n = z.last();
        for (int i = 0; i < z.values().length; i++) {
            int m = i / n;
            double sum = offset == null ? 0 : offset.get(i % n);
            for (int j = 0; j < w.last(); j++) {
                double left = j < k ? a.values()[m * k + j] : b.values()[m * b.last() + j - k];
                sum += left * w.get(i % n, j);
            }
            z.values()[i] = sum;
        }
        z.into(out);
    }

    @Override
    public void layerNorm(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles factor = Doubles.ofNullable(scale);
        Doubles offset = Doubles.ofNullable(shift);
        int c = a.last();
        for (int m = 0; m < a.rows(); m++) {
            normalise(
                    HeadNorm.Kind.LAYER,
                    a.values(),
                    m * c,
                    c,
                    Doubles.ofNullable(weight),
                    Doubles.ofNullable(bias),
                    eps);
            for (int i = 0; i < c && factor != null && offset != null; i++) {
                a.values()[m * c + i] *= 1 + factor.get(i);
                a.values()[m * c + i] += offset.get(i);
            }
        }
        a.into(out);
    }

    @Override
    public void rmsNorm(Tensor x, @Nullable Tensor weight, float eps, Tensor out) {
        Doubles a = Doubles.of(x);
        int c = a.last();
        Doubles w = Doubles.ofNullable(weight);
        for (int m = 0; m < a.rows(); m++) {
            normalise(HeadNorm.Kind.RMS, a.values(), m * c, c, w, null, eps);
        }
        a.into(out);
    }

    @Override
    public void addGated(Tensor x, Tensor gate, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles g = Doubles.of(gate);
        Doubles y = Doubles.of(out);
        for (int i = 0; i < a.values().length; i++) {
            y.values()[i] += g.get(i % a.last()) * a.values()[i];
        }
        y.into(out);
    }

    @Override
    public void groupNorm(
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
        ReferenceImages.groupNorm(x, groups, weight, bias, eps, scale, shift, scaleFrame, f, out);
    }

    @Override
    public void conv3d(
            Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry geometry, Tensor out) {
        ReferenceImages.conv3d(x, weight, bias, geometry, out);
    }

    @Override
    public void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        ReferenceImages.upsampleNearest(x, time, space, out);
    }

    @Override
    public void averageFramePairs(Tensor x, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles y = Doubles.zeros(out);
        int frame = out.size(1) * out.size(2) * out.size(3);
        for (int i = 0; i < y.values().length; i++) {
            int first = i / frame * 2 * frame + i % frame;
            y.values()[i] = (a.values()[first] + a.values()[first + frame]) / 2;
        }
        y.into(out);
    }

    @Override
    public void permute(Tensor x, int[] order, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles y = Doubles.zeros(out);
        int[] to = new int[order.length];
        int[] from = new int[order.length];
        for (int i = 0; i < y.values().length; i++) {
            int rest = i;
            for (int d = order.length - 1; d >= 0; d--) {
                to[d] = rest % y.dims()[d];
                from[order[d]] = to[d];
                rest /= y.dims()[d];
            }
            y.set(a.get(from), to);
        }
        y.into(out);
    }

    @Override
    public void splitHeads(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int ropeFrom,
            int outFrom,
            Tensor out) {
        ReferenceAttention.splitHeads(x, norm, cos, sin, ropeFrom, outFrom, out);
    }

    @Override
    public void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        ReferenceAttention.attention(q, k, v, plan, kinds, scale, out);
    }

    @Override
    public void profile(
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
        ReferenceAttention.profile(q, k, v, rows, plan, keyLimit, scale, tolerance, errors, kinds);
    }

    @Override
    public void biasedAttention(
            Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        ReferenceAttention.biased(q, k, v, bias, scale, out);
    }

    @Override
    public void countNonFinite(Tensor x, Tensor out) {
        int count = 0;
        for (double value : Doubles.of(x).values()) {
            count += Double.isFinite(value) ? 0 : 1;
        }
        Doubles.put(out, 0, count);
    }

    /** Normalises {@code n} values from {@code at}, in place. */
    static void normalise(
            HeadNorm.Kind kind,
            double[] x,
            int at,
            int n,
            @Nullable Doubles weight,
            @Nullable Doubles bias,
            double eps) {
        if (kind == HeadNorm.Kind.NONE) {
            return;
        }
        double mean = 0;
        for (int i = 0; i < n && kind == HeadNorm.Kind.LAYER; i++) {
            mean += x[at + i] / n;
        }
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += (x[at + i] - mean) * (x[at + i] - mean) / n;
        }
        for (int i = 0; i < n; i++) {
            x[at + i] = (x[at + i] - mean) / Math.sqrt(variance + eps);
            x[at + i] *= weight == null ? 1 : weight.get(i);
            x[at + i] += bias == null ? 0 : bias.get(i);
        }
    }

    static double apply(Activation f, double x) {
        return switch (f) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case SILU -> x / (1 + Math.exp(-x));
            case GELU -> x * normalCdf(x);
            case GELU_TANH ->
                    x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }

    /** By its Taylor series about 0 (Marsaglia 2004), which has no cancellation for x &gt; 0. */
    private static double normalCdf(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        double sum = x;
        double term = x;
        for (int i = 3; i < 400; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static void map(DoubleUnaryOperator f, Tensor x, Tensor out) {
        Doubles a = Doubles.of(x);
        for (int i = 0; i < a.values().length; i++) {
            a.values()[i] = f.applyAsDouble(a.values()[i]);
        }
        a.into(out);
    }

    private static void zip(DoubleBinaryOperator f, Tensor x, Tensor y, Tensor out) {
        Doubles a = Doubles.of(x);
        Doubles b = Doubles.of(y);
        for (int i = 0; i < a.values().length; i++) {
            a.values()[i] = f.applyAsDouble(a.values()[i], b.values()[i]);
        }
        a.into(out);
    }
}
