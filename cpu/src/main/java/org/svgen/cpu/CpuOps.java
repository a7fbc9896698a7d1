package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.OpChecks;
import org.svgen.tensor.op.Ops;

/** Checks shapes and hands each operation to the class of its family. */
final class CpuOps implements Ops {
    private final Elementwise elementwise;
    private final RowNorms rowNorms;
    private final Shuffles shuffles;
    private final GroupNorm groupNorm;
    private final LinearLayer linear;
    private final Conv3d conv3d;
    private final Heads heads;
    private final BandAttention attention;
    private final Profiler profiler;
    private final BiasedAttention biasedAttention;

    CpuOps(Parallel parallel, String matrixProduct) {
        elementwise = new Elementwise(parallel);
        rowNorms = new RowNorms(parallel);
        shuffles = new Shuffles(parallel);
        groupNorm = new GroupNorm(parallel);
        VectorGemm gemm = new VectorGemm(parallel);
        linear = new LinearLayer(parallel, gemm, matrixProduct);
        conv3d = new Conv3d(parallel);
        heads = new Heads(parallel);
        attention = new BandAttention(parallel);
        profiler = new Profiler(parallel);
        biasedAttention = new BiasedAttention(parallel);
    }

    /** Which matrix product is used, and why. */
    String matrixProduct() {
        return linear.description();
    }

    @Override
    public void convert(Tensor x, Tensor out) {
        OpChecks.elementwise(x, out);
        elementwise.convert(x, out);
    }

    @Override
    public void fill(float value, Tensor out) {
        elementwise.fill(value, out);
    }

    @Override
    public void axpby(float a, Tensor x, float b, Tensor y, Tensor out) {
        OpChecks.elementwise(x, y, out);
        elementwise.axpby(a, x, b, y, out);
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
        linear.apply(x, weight, bias, f, out);
    }

    @Override
    public void linearPair(Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, Tensor out) {
        OpChecks.linearPair(x, y, weight, bias, out);
        linear.pair(x, y, weight, bias, out);
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
        conv3d.apply(x, weight, bias == null ? null : Floats.all(bias), g, out);
    }

    @Override
    public void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        OpChecks.upsampleNearest(x, time, space, out);
        shuffles.upsampleNearest(x, time, space, out);
    }

    @Override
    public void averageFramePairs(Tensor x, Tensor out) {
        OpChecks.averageFramePairs(x, out);
        shuffles.averageFramePairs(x, out);
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
        heads.split(x, norm, cos, sin, ropeFrom, outFrom, out);
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
        int[] kind = new int[q.size(0) * q.size(1)];
        if (kinds != null) {
            MemorySegment.copy(
                    kinds.host(), ValueLayout.JAVA_INT_UNALIGNED, 0, kind, 0, kind.length);
        }
        for (int j : kind) {
            Check.that(j >= 0 && j < plan.kinds().size(), "kind %s of %s", j, plan.kinds().size());
        }
        attention.attend(q, k, v, plan, kind, scale, out);
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
        profiler.profile(q, k, v, rows, plan, keyLimit, scale, tolerance, errors, kinds);
    }

    @Override
    public void biasedAttention(
            Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        OpChecks.biasedAttention(q, k, v, bias, out);
        biasedAttention.apply(q, k, v, bias, scale, out);
    }

    @Override
    public void countNonFinite(Tensor x, Tensor out) {
        OpChecks.countNonFinite(out);
        out.host().set(ValueLayout.JAVA_INT_UNALIGNED, 0, elementwise.countNonFinite(x));
    }
}
