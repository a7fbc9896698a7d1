package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Activation;
import org.svgen.tensor.AttentionPlan;
import org.svgen.tensor.Ops;
import org.svgen.tensor.Tensor;

/** Checks shapes and hands each operation to the class of its family. */
final class CudaOps implements Ops, AutoCloseable {
    private final Gpu gpu;
    private final Elementwise elementwise;
    private final RowNorms rowNorms;
    private final Shuffles shuffles;
    private final GroupNorm groupNorm;
    private final Gemm gemm;
    private final Attention attention;

    CudaOps(Gpu gpu) {
        this.gpu = gpu;
        elementwise = new Elementwise(gpu);
        rowNorms = new RowNorms(gpu);
        shuffles = new Shuffles(gpu);
        groupNorm = new GroupNorm(gpu);
        gemm = new Gemm(gpu, shuffles);
        attention = new Attention(gpu, gemm, shuffles);
    }

    /** Which kernels are used. */
    String description() {
        return "kernels for " + gpu.kernels().description();
    }

    @Override
    public void convert(Tensor x, Tensor out) {
        Check.elements("out", out, x.elements());
        elementwise.activate(Activation.NONE, x, out);
    }

    @Override
    public void fill(float value, Tensor out) {
        elementwise.fill(value, out);
    }

    @Override
    public void axpby(float a, Tensor x, float b, Tensor y, Tensor out) {
        Check.elements("y", y, x.elements());
        Check.elements("out", out, x.elements());
        elementwise.combine(a, x, b, y, out);
    }

    @Override
    public void multiply(Tensor x, Tensor y, Tensor out) {
        Check.elements("y", y, x.elements());
        Check.elements("out", out, x.elements());
        elementwise.multiply(x, y, out);
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor out) {
        Check.elements("out", out, x.elements());
        elementwise.activate(f, x, out);
    }

    @Override
    public void embedding(Tensor ids, Tensor table, Tensor out) {
        Check.rank("ids", ids, 1);
        Check.rank("table", table, 2);
        Check.shape("out", out, ids.size(0), table.size(1));
        shuffles.embedding(ids, table, out);
    }

    @Override
    public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation f, Tensor out) {
        checkLinear(x, weight, bias, out);
        gemm.linear(x, weight, bias, f, out);
    }

    @Override
    public void linearGated(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            Tensor gate,
            Tensor scratch,
            Tensor out) {
        Check.shape("gate", gate, weight.size(0));
        Check.elements("out", out, scratch.elements());
        if (gemm.addsGated(x, weight, out)) {
            checkLinear(x, weight, bias, out);
            gemm.linearGated(x, weight, bias, gate, out);
        } else {
            linear(x, weight, bias, Activation.NONE, scratch);
            addGated(scratch, gate, out);
        }
    }

    private static void checkLinear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Check.rank("weight", weight, 2);
        int n = weight.size(0);
        int k = weight.size(1);
        Check.that(x.size(-1) == k, "x is %s, weight %s", x, weight);
        int m = Math.toIntExact(x.elements() / k);
        Check.that(out.size(-1) == n, "out is %s, weight %s", out, weight);
        Check.elements("out", out, (long) m * n);
        Check.shape("bias", bias, n);
    }

    @Override
    public void linearPair(Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Check.rank("weight", weight, 2);
        int n = weight.size(0);
        int k = x.size(-1);
        int l = y.size(-1);
        Check.that(weight.size(1) == k + l, "x is %s, y %s, weight %s", x, y, weight);
        int m = Math.toIntExact(x.elements() / k);
        Check.elements("y", y, (long) m * l);
        Check.that(out.size(-1) == n, "out is %s, weight %s", out, weight);
        Check.elements("out", out, (long) m * n);
        Check.shape("bias", bias, n);
        gemm.pair(x, y, weight, bias, out);
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
        int c = x.size(-1);
        Check.shape("weight", weight, c);
        Check.shape("bias", bias, c);
        Check.shape("scale", scale, c);
        Check.shape("shift", shift, c);
        Check.that((scale == null) == (shift == null), "scale and shift come together");
        Check.that(out.size(-1) == c, "out is %s, x %s", out, x);
        Check.elements("out", out, x.elements());
        rowNorms.layer(x, weight, bias, eps, scale, shift, out);
    }

    @Override
    public void rmsNorm(Tensor x, @Nullable Tensor weight, float eps, Tensor out) {
        int c = x.size(-1);
        Check.shape("weight", weight, c);
        Check.that(out.size(-1) == c, "out is %s, x %s", out, x);
        Check.elements("out", out, x.elements());
        rowNorms.rms(x, weight, eps, out);
    }

    @Override
    public void addGated(Tensor x, Tensor gate, Tensor out) {
        Check.shape("gate", gate, x.size(-1));
        Check.elements("out", out, x.elements());
        elementwise.addGated(x, gate, out);
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
        Check.rank("x", x, 4);
        int c = x.size(3);
        Check.that(groups > 0 && c % groups == 0, "%s channels in %s groups", c, groups);
        Check.shape("weight", weight, c);
        Check.shape("bias", bias, c);
        int margin = Math.max(0, out.size(1) - x.size(1)) / 2 * 2;
        Check.shape("out", out, x.size(0), x.size(1) + margin, x.size(2) + margin, c);
        GroupNorm.@Nullable Modulation modulation = null;
        if (scale != null || shift != null || scaleFrame != null) {
            if (scale == null || shift == null || scaleFrame == null) {
                throw new IllegalArgumentException("scale, shift and scaleFrame come together");
            }
            Check.rank("scale", scale, 4);
            Check.shape("shift", shift, scale.shape().dims());
            Check.that(scale.size(3) == c, "scale is %s, x %s", scale, x);
            Check.that(scaleFrame.length == x.size(0), "%s frames", scaleFrame.length);
            modulation = new GroupNorm.Modulation(scale, shift, scaleFrame);
        }
        groupNorm.apply(x, groups, weight, bias, eps, modulation, f, out);
    }

    @Override
    public void conv3d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        checkConv(x, weight, bias, g, out);
        gemm.conv3d(x, weight, bias, g, out);
    }

    @Override
    public void conv3dAdd(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            ConvGeometry g,
            Tensor scratch,
            Tensor out) {
        Check.elements("scratch", scratch, out.elements());
        if (gemm.addsConvolved(x, weight, g, out)) {
            checkConv(x, weight, bias, g, out);
            gemm.conv3dAdd(x, weight, bias, g, out);
        } else {
            Ops.super.conv3dAdd(x, weight, bias, g, scratch, out);
        }
    }

    @Override
    public void convolveEnlarged(
            Tensor x,
            int time,
            int space,
            Tensor weight,
            @Nullable Tensor bias,
            Border border,
            Tensor scratch,
            Tensor out) {
        if (!gemm.convolvesEnlarged(x, time, space, weight, out)) {
            Ops.super.convolveEnlarged(x, time, space, weight, bias, border, scratch, out);
            return;
        }
        Check.that(weight.size(1) == x.size(3), "x is %s, weight %s", x, weight);
        Check.shape("bias", bias, weight.size(0));
        Check.shape(
                "out",
                out,
                (x.size(0) - 1L) * time + 1,
                (long) x.size(1) * space,
                (long) x.size(2) * space,
                weight.size(0));
        gemm.convolveEnlarged(x, time, weight, bias, border, out);
    }

    private static void checkConv(
            Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        Check.rank("x", x, 4);
        Check.rank("weight", weight, 5);
        Check.that(weight.size(1) == x.size(3), "x is %s, weight %s", x, weight);
        Check.shape("bias", bias, weight.size(0));
        Check.shape(
                "out",
                out,
                (x.size(0) - weight.size(2)) / g.strideTime() + 1,
                (x.size(1) + g.top() + g.bottom() - weight.size(3)) / g.strideSpace() + 1,
                (x.size(2) + g.left() + g.right() - weight.size(4)) / g.strideSpace() + 1,
                weight.size(0));
    }

    @Override
    public void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        Check.rank("x", x, 4);
        Check.shape(
                "out",
                out,
                (long) x.size(0) * time,
                (long) x.size(1) * space,
                (long) x.size(2) * space,
                x.size(3));
        shuffles.upsampleNearest(x, time, space, out);
    }

    @Override
    public void averageFramePairs(Tensor x, Tensor out) {
        Check.rank("out", out, 4);
        Check.shape("x", x, 2L * out.size(0), out.size(1), out.size(2), out.size(3));
        for (int t = 0; t < out.size(0); t++) {
            elementwise.combine(0.5f, x.get(2L * t), 0.5f, x.get(2L * t + 1), out.get(t));
        }
    }

    @Override
    public void permute(Tensor x, int[] order, Tensor out) {
        Check.rank("x", x, order.length);
        Check.that(x.dtype() == out.dtype(), "x is %s, out %s", x, out);
        long[] dims = new long[order.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = x.size(order[i]);
        }
        Check.shape("out", out, dims);
        shuffles.permute(x, order, out);
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
        Check.rank("x", x, 4);
        Check.rank("out", out, 4);
        Check.shape("out", out, x.size(0), x.size(2), out.size(2), x.size(3));
        Check.that(
                outFrom >= 0 && outFrom + x.size(1) <= out.size(2),
                "x is %s, out %s from token %s",
                x,
                out,
                outFrom);
        int weights = norm.weights(x.size(2), x.size(3));
        Check.shape("norm weight", norm.weight(), weights);
        Check.shape("norm bias", norm.bias(), weights);
        Check.that((cos == null) == (sin == null), "cos and sin come together");
        if (cos != null) {
            Check.shape("cos", cos, cos.size(0), x.size(3));
            Check.shape("sin", sin, cos.size(0), x.size(3));
        }
        Check.that(
                x.size(3) <= RowNorms.MOST_HEAD_DIM,
                "heads of %s elements, expected at most %s",
                x.size(3),
                RowNorms.MOST_HEAD_DIM);
        rowNorms.splitHeads(x, norm, cos, sin, ropeFrom, outFrom, out);
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
        checkAttention(q, k, v, plan);
        Check.shape("out", out, q.size(0), q.size(2), q.size(1), q.size(3));
        Check.shape("kinds", kinds, q.size(0), q.size(1));
        attention.attend(q, k, v, plan, kinds, scale, out);
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
        checkAttention(q, k, v, plan);
        Check.shape("errors", errors, plan.kinds().size(), q.size(0), q.size(1));
        Check.shape("kinds", kinds, q.size(0), q.size(1));
        Check.that(keyLimit >= 0 && keyLimit <= k.size(2), "keyLimit %s of %s", keyLimit, k);
        for (int row : rows) {
            Check.that(row >= 0 && row < q.size(2), "row %s of %s", row, q);
        }
        attention.profile(q, k, v, rows, plan, keyLimit, scale, tolerance, errors, kinds);
    }

    private static void checkAttention(Tensor q, Tensor k, Tensor v, AttentionPlan plan) {
        Check.rank("q", q, 4);
        Check.rank("k", k, 4);
        Check.shape("k", k, q.size(0), q.size(1), k.size(2), q.size(3));
        Check.shape("v", v, k.shape().dims());
        for (AttentionPlan.Kind kind : plan.kinds()) {
            Check.that(
                    kind.pattern().queries() == q.size(2) && kind.pattern().keys() == k.size(2),
                    "pattern of %s x %s, q %s, k %s",
                    kind.pattern().queries(),
                    kind.pattern().keys(),
                    q,
                    k);
        }
    }

    @Override
    public void biasedAttention(
            Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        Check.rank("q", q, 3);
        Check.shape("k", k, q.shape().dims());
        Check.shape("v", v, q.shape().dims());
        Check.shape("bias", bias, q.size(1), q.size(0), q.size(0));
        Check.shape("out", out, q.shape().dims());
        attention.biased(q, k, v, bias, scale, out);
    }

    @Override
    public void countNonFinite(Tensor x, Tensor out) {
        Check.elements("out", out, 1);
        elementwise.countNonFinite(x, out);
    }

    @Override
    public void close() {
        attention.close();
    }
}
