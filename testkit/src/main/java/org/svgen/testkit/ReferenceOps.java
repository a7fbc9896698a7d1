package org.svgen.testkit;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ActivateOp;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AddAveragedOp;
import org.svgen.tensor.op.AddDuplicatedOp;
import org.svgen.tensor.op.AddGatedOp;
import org.svgen.tensor.op.AddNormOp;
import org.svgen.tensor.op.AssignOp;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AverageFramePairsOp;
import org.svgen.tensor.op.AxpbyOp;
import org.svgen.tensor.op.BiasedAttentionOp;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockDensityOp;
import org.svgen.tensor.op.BlockErrorOp;
import org.svgen.tensor.op.BlockMassOp;
import org.svgen.tensor.op.BlockMeansOp;
import org.svgen.tensor.op.BlockSharesOp;
import org.svgen.tensor.op.ChooseKindsOp;
import org.svgen.tensor.op.ChooseMapsOp;
import org.svgen.tensor.op.ClusterMeansOp;
import org.svgen.tensor.op.Conv3dAddOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvertOp;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.ConvolveNormedOp;
import org.svgen.tensor.op.CountNonFiniteOp;
import org.svgen.tensor.op.DistanceOp;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.EmbeddingOp;
import org.svgen.tensor.op.FillOp;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.GroupOp;
import org.svgen.tensor.op.InteractOp;
import org.svgen.tensor.op.LayerNormOp;
import org.svgen.tensor.op.LineScoresOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.MultiplyOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.PermuteOp;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.RmsNormOp;
import org.svgen.tensor.op.RouteBlocksOp;
import org.svgen.tensor.op.SplitHeadsOp;
import org.svgen.tensor.op.ThresholdBlocksOp;
import org.svgen.tensor.op.UpsampleNearestOp;
import org.svgen.tensor.op.Weight;

/**
 * Every operation as its formula says, in double precision and plain loops, on host tensors: what
 * backends are compared with.
 */
public final class ReferenceOps implements Ops {
    @Override
    public void run(Op op) {
        switch (op) {
            case ConvertOp o -> map(v -> v, o.x(), o.out());
            case FillOp o -> map(v -> o.value(), o.out(), o.out());
            case AxpbyOp o -> zip((u, v) -> o.a() * u + o.b() * v, o.x(), o.y(), o.out());
            case MultiplyOp o -> zip((u, v) -> u * v, o.x(), o.y(), o.out());
            case ActivateOp o -> map(v -> apply(o.f(), v), o.x(), o.out());
            case AddGatedOp o -> addGated(o);
            case CountNonFiniteOp o -> countNonFinite(o);
            case DistanceOp o -> distance(o);
            case EmbeddingOp o -> embedding(o);
            case UpsampleNearestOp o -> ReferenceImages.upsampleNearest(o);
            case AddAveragedOp o -> addAveraged(o);
            case AddDuplicatedOp o -> addDuplicated(o);
            case AverageFramePairsOp o -> averageFramePairs(o);
            case PermuteOp o -> permute(o);
            case LinearOp o -> linear(o);
            case LinearPairOp o -> linearPair(o);
            case LayerNormOp o -> layerNorm(o);
            case EightBitNormOp o -> eightBitNorm(o);
            case RmsNormOp o -> rmsNorm(o);
            case GroupNormOp o -> ReferenceImages.groupNorm(o);
            case Conv3dOp o -> ReferenceImages.conv3d(o);
            case AddNormOp o -> o.steps().forEach(this::run);
            case Conv3dAddOp o -> o.steps().forEach(this::run);
            case ConvolveAfterOp o -> o.steps().forEach(this::run);
            case ConvolveEnlargedOp o -> o.steps().forEach(this::run);
            case ConvolveNormedOp o -> o.steps().forEach(this::run);
            case SplitHeadsOp o -> ReferenceAttention.splitHeads(o);
            case AttentionOp o -> ReferenceAttention.attention(o);
            case ProfileOp o -> ReferenceAttention.profile(o);
            case ChooseKindsOp o -> ReferenceAttention.chooseKinds(o);
            case BiasedAttentionOp o -> ReferenceAttention.biased(o);
            case AssignOp o -> ReferenceClusters.assign(o);
            case InteractOp o -> ReferenceClusters.interact(o);
            case GroupOp o -> ReferenceClusters.group(o);
            case ClusterMeansOp o -> ReferenceClusters.means(o);
            case BlockMassOp o -> ReferenceClusters.masses(o);
            case BlockErrorOp o -> ReferenceClusters.errors(o);
            case RouteBlocksOp o -> ReferenceClusters.route(o);
            case BlockSharesOp o -> ReferencePatterns.shares(o);
            case LineScoresOp o -> {
                ReferencePatterns.lines(o);
                ReferencePatterns.scores(o);
            }
            case ChooseMapsOp o -> ReferencePatterns.choose(o);
            case BlockAttentionOp o -> ReferenceBlocks.attention(o);
            case BlockMeansOp o -> ReferenceBlocks.means(o);
            case ThresholdBlocksOp o -> ReferenceBlocks.threshold(o);
            case BlockDensityOp o -> ReferenceBlocks.density(o);
        }
    }

    private static void embedding(EmbeddingOp o) {
        Doubles rows = Doubles.of(o.table());
        Doubles y = Doubles.zeros(o.out());
        int[] id = Doubles.ints(o.ids());
        for (int i = 0; i < id.length; i++) {
            for (int c = 0; c < rows.last(); c++) {
                y.set(rows.get(id[i], c), i, c);
            }
        }
        y.into(o.out());
    }

    private static void linear(LinearOp o) {
        Doubles a = Doubles.of(o.x());
        if (o.scales() != null) {
            EightBits.scale(a, Doubles.of(o.scales()));
        } else if (o.weight().inputs() == Weight.Inputs.EIGHT_BITS) {
            EightBits.round(a);
        }
        Doubles w = Doubles.of(o.weight());
        Doubles b = Doubles.ofNullable(o.bias());
        Doubles y = Doubles.zeros(o.out());
        int k = a.last();
        int n = y.last();
        for (int m = 0; m < a.rows(); m++) {
            for (int j = 0; j < n; j++) {
                double sum = b == null ? 0 : b.get(j);
                for (int i = 0; i < k; i++) {
                    sum += a.values()[m * k + i] * w.values()[j * k + i];
                }
                y.values()[m * n + j] = apply(o.f(), sum);
            }
        }
        y.into(o.out());
    }

    private static void linearPair(LinearPairOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles b = Doubles.of(o.y());
        if (o.weight().inputs() == Weight.Inputs.EIGHT_BITS) {
            EightBits.round(a, b);
        }
        Doubles w = Doubles.of(o.weight());
        Doubles offset = Doubles.ofNullable(o.bias());
        Doubles z = Doubles.zeros(o.out());
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
        z.into(o.out());
    }

    private static void layerNorm(LayerNormOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles factor = Doubles.ofNullable(o.scale());
        Doubles offset = Doubles.ofNullable(o.shift());
        int c = a.last();
        for (int m = 0; m < a.rows(); m++) {
            normalise(
                    HeadNorm.Kind.LAYER,
                    a.values(),
                    m * c,
                    c,
                    Doubles.ofNullable(o.weight()),
                    Doubles.ofNullable(o.bias()),
                    o.eps());
            for (int i = 0; i < c && factor != null && offset != null; i++) {
                a.values()[m * c + i] *= 1 + factor.get(i);
                a.values()[m * c + i] += offset.get(i);
            }
        }
        a.into(o.out());
    }

    private static void eightBitNorm(EightBitNormOp o) {
        Tensor rows = Tensor.zeros(Arena.ofAuto(), o.type(), o.x().shape().dims());
        layerNorm(o.norm(rows));
        EightBits.write(Doubles.of(rows), o.scales(), o.out());
    }

    private static void rmsNorm(RmsNormOp o) {
        Doubles a = Doubles.of(o.x());
        int c = a.last();
        Doubles w = Doubles.ofNullable(o.weight());
        for (int m = 0; m < a.rows(); m++) {
            normalise(HeadNorm.Kind.RMS, a.values(), m * c, c, w, null, o.eps());
        }
        for (int i = 0; i < a.values().length; i++) {
            a.values()[i] = apply(o.f(), a.values()[i]);
        }
        a.into(o.out());
    }

    private static void addGated(AddGatedOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles g = Doubles.of(o.gate());
        Doubles y = Doubles.of(o.out());
        for (int i = 0; i < a.values().length; i++) {
            y.values()[i] += g.get(i % a.last()) * a.values()[i];
        }
        y.into(o.out());
        if (o.faults() != null) {
            double before = Doubles.of(o.faults()).values()[0];
            Doubles.put(o.faults(), 0, before + nonFinite(y));
        }
    }

    private static void averageFramePairs(AverageFramePairsOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles y = Doubles.zeros(o.out());
        int frame = o.out().size(1) * o.out().size(2) * o.out().size(3);
        for (int i = 0; i < y.values().length; i++) {
            int first = i / frame * 2 * frame + i % frame;
            y.values()[i] = (a.values()[first] + a.values()[first + frame]) / 2;
        }
        y.into(o.out());
    }

    private static void addAveraged(AddAveragedOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles y = Doubles.of(o.out());
        int places = o.time() * o.space() * o.space();
        for (int i = 0; i < y.values().length * o.group(); i++) {
            int[] at = y.index(i / o.group()); // where value i goes
            int value = at[3] * o.group() + i % o.group();
            int place = value % places;
            int frame = at[0] * o.time() + place / (o.space() * o.space()) - o.missing();
            if (frame >= 0) {
                int row = at[1] * o.space() + place / o.space() % o.space();
                int column = at[2] * o.space() + place % o.space();
                double mean = a.get(frame, row, column, value / places) / o.group();
                y.set(y.get(at) + mean, at);
            }
        }
        y.into(o.out());
    }

    private static void addDuplicated(AddDuplicatedOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles y = Doubles.of(o.out());
        for (int i = 0; i < y.values().length; i++) {
            int[] at = y.index(i);
            int frame = at[0] + o.missing();
            int value = at[3] * o.time() + frame % o.time();
            value = value * o.space() + at[1] % o.space();
            value = value * o.space() + at[2] % o.space();
            double copy =
                    a.get(
                            frame / o.time(),
                            at[1] / o.space(),
                            at[2] / o.space(),
                            value / o.repeats());
            y.set(y.get(at) + copy, at);
        }
        y.into(o.out());
    }

    private static void permute(PermuteOp o) {
        Doubles a = Doubles.of(o.x());
        Doubles y = Doubles.zeros(o.out());
        int[] to = new int[o.order().length];
        int[] from = new int[o.order().length];
        for (int i = 0; i < y.values().length; i++) {
            int rest = i;
            for (int d = o.order().length - 1; d >= 0; d--) {
                to[d] = rest % y.dims()[d];
                from[o.order()[d]] = to[d];
                rest /= y.dims()[d];
            }
            y.set(a.get(from), to);
        }
        y.into(o.out());
    }

    private static void countNonFinite(CountNonFiniteOp o) {
        Doubles.put(o.out(), 0, nonFinite(Doubles.of(o.x())));
    }

    private static long nonFinite(Doubles x) {
        return Arrays.stream(x.values()).filter(value -> !Double.isFinite(value)).count();
    }

    private static void distance(DistanceOp o) {
        double[] x = Doubles.of(o.x()).values();
        double[] y = o.y() == null ? new double[x.length] : Doubles.of(o.y()).values();
        int shares = o.out().size(0);
        for (int p = 0; p < shares; p++) {
            double sum = 0;
            for (long i = DistanceOp.start(p, shares, x.length);
                    i < DistanceOp.start(p + 1, shares, x.length);
                    i++) {
                sum += Math.abs(x[(int) i] - y[(int) i]);
            }
            Doubles.put(o.out(), p, sum);
        }
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
