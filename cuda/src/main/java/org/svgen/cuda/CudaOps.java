package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.OpChecks;
import org.svgen.tensor.op.Ops;

/** Checks shapes and hands each operation to the class of its family. */
final class CudaOps implements Ops, AutoCloseable {
    private final Gpu gpu;
    private final Elementwise elementwise;
    private final RowNorms rowNorms;
    private final Shuffles shuffles;
    private final GroupNorm groupNorm;
    private final Gemm gemm;
    private final Attention attention;

    CudaOps(Gpu gpu, Products products) {
        this.gpu = gpu;
        elementwise = new Elementwise(gpu);
        rowNorms = new RowNorms(gpu);
        shuffles = new Shuffles(gpu);
        groupNorm = new GroupNorm(gpu);
        gemm = new Gemm(gpu, shuffles, products);
        attention = new Attention(gpu, gemm, shuffles);
    }

    /** Which kernels are used, and whose products. */
    String description() {
        String products = gemm.description();
        return "kernels for "
                + gpu.kernels().description()
                + (products.isEmpty() ? "" : "; " + products);
    }

    @Override
    public void convert(Tensor x, Tensor out) {
        OpChecks.elementwise(x, out);
        elementwise.activate(Activation.NONE, x, out);
    }

    @Override
    public void fill(float value, Tensor out) {
        elementwise.fill(value, out);
    }

    @Override
    public void axpby(float a, Tensor x, float b, Tensor y, Tensor out) {
        OpChecks.elementwise(x, y, out);
        elementwise.combine(a, x, b, y, out);
    }

    @Override
    public void multiply(Tensor x, Tensor y, Tensor out) {
        OpChecks.elementwise(x, y, out);
        elementwise.multiply(x, y, out);
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor out) {
        OpChecks.elementwise(x, out);
        elementwise.activate(f, x, out);
    }

    @Override
    public void embedding(Tensor ids, Tensor table, Tensor out) {
        OpChecks.embedding(ids, table, out);
        shuffles.embedding(ids, table, out);
    }

    @Override
    public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation f, Tensor out) {
        OpChecks.linear(x, weight, bias, out);
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
        OpChecks.linearGated(weight, gate, scratch, out);
        if (gemm.addsGated(x, weight, out)) {
            OpChecks.linear(x, weight, bias, out);
            gemm.linearGated(x, weight, bias, gate, out);
        } else {
            Ops.super.linearGated(x, weight, bias, gate, scratch, out);
        }
    }

    @Override
    public void linearPair(Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, Tensor out) {
        OpChecks.linearPair(x, y, weight, bias, out);
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
        OpChecks.layerNorm(x, weight, bias, scale, shift, out);
        rowNorms.layer(x, weight, bias, eps, scale, shift, out);
    }

    @Override
    public void rmsNorm(Tensor x, @Nullable Tensor weight, float eps, Tensor out) {
        OpChecks.rmsNorm(x, weight, out);
        rowNorms.rms(x, weight, eps, out);
    }

    @Override
    public void addGated(Tensor x, Tensor gate, Tensor out) {
        OpChecks.addGated(x, gate, out);
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
        OpChecks.groupNorm(x, groups, weight, bias, scale, shift, scaleFrame, out);
        GroupNorm.Modulation modulation =
                scale == null || shift == null || scaleFrame == null
                        ? null
                        : new GroupNorm.Modulation(scale, shift, scaleFrame);
        groupNorm.apply(x, groups, weight, bias, eps, modulation, f, out);
    }

    @Override
    public void conv3d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        OpChecks.conv3d(x, weight, bias, g, out);
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
            OpChecks.conv3d(x, weight, bias, g, out);
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
        if (gemm.convolvesEnlarged(x, time, space, weight, out)) {
            OpChecks.convolveEnlarged(x, time, space, weight, bias, out);
            gemm.convolveEnlarged(x, time, weight, bias, border, out);
        } else {
            Ops.super.convolveEnlarged(x, time, space, weight, bias, border, scratch, out);
        }
    }

    @Override
    public void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        OpChecks.upsampleNearest(x, time, space, out);
        shuffles.upsampleNearest(x, time, space, out);
    }

    @Override
    public void averageFramePairs(Tensor x, Tensor out) {
        OpChecks.averageFramePairs(x, out);
        for (int t = 0; t < out.size(0); t++) {
            elementwise.combine(0.5f, x.get(2L * t), 0.5f, x.get(2L * t + 1), out.get(t));
        }
    }

    @Override
    public void permute(Tensor x, int[] order, Tensor out) {
        OpChecks.permute(x, order, out);
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
        OpChecks.splitHeads(x, norm, cos, sin, outFrom, out);
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
        OpChecks.attention(q, k, v, plan, kinds, out);
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
        OpChecks.profile(q, k, v, rows, plan, keyLimit, errors, kinds);
        attention.profile(q, k, v, rows, plan, keyLimit, scale, tolerance, errors, kinds);
    }

    @Override
    public void biasedAttention(
            Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        OpChecks.biasedAttention(q, k, v, bias, out);
        attention.biased(q, k, v, bias, scale, out);
    }

    @Override
    public void countNonFinite(Tensor x, Tensor out) {
        OpChecks.countNonFinite(out);
        elementwise.countNonFinite(x, out);
    }

    @Override
    public void close() {
        attention.close();
        gemm.close();
    }
}
