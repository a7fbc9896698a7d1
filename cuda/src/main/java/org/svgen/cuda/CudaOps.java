package org.svgen.cuda;

import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ActivateOp;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AddGatedOp;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AverageFramePairsOp;
import org.svgen.tensor.op.AxpbyOp;
import org.svgen.tensor.op.BiasedAttentionOp;
import org.svgen.tensor.op.Conv3dAddOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvertOp;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.CountNonFiniteOp;
import org.svgen.tensor.op.EmbeddingOp;
import org.svgen.tensor.op.FillOp;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.LayerNormOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.MultiplyOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.PermuteOp;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.RmsNormOp;
import org.svgen.tensor.op.SplitHeadsOp;
import org.svgen.tensor.op.UpsampleNearestOp;
import org.svgen.tensor.op.Weight;

/** Hands each operation to the class of its family. */
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
    public void run(Op op) {
        switch (op) {
            case ConvertOp o -> elementwise.activate(Activation.NONE, o.x(), o.out());
            case FillOp o -> elementwise.fill(o.value(), o.out());
            case AxpbyOp o -> elementwise.combine(o.a(), o.x(), o.b(), o.y(), o.out());
            case MultiplyOp o -> elementwise.multiply(o.x(), o.y(), o.out());
            case ActivateOp o -> elementwise.activate(o.f(), o.x(), o.out());
            case AddGatedOp o -> elementwise.addGated(o.x(), o.gate(), o.out());
            case CountNonFiniteOp o -> elementwise.countNonFinite(o.x(), o.out());
            case EmbeddingOp o -> shuffles.embedding(o.ids(), o.table(), o.out());
            case UpsampleNearestOp o ->
                    shuffles.upsampleNearest(o.x(), o.time(), o.space(), o.out());
            case AverageFramePairsOp o -> averageFramePairs(o);
            case PermuteOp o -> shuffles.permute(o.x(), o.order(), o.out());
            case LinearOp o -> gemm.linear(o.x(), plain(o.weight()), o.bias(), o.f(), o.out());
            case LinearPairOp o -> gemm.pair(o.x(), o.y(), plain(o.weight()), o.bias(), o.out());
            case LayerNormOp o -> layerNorm(o);
            case RmsNormOp o -> rowNorms.rms(o.x(), o.weight(), o.eps(), o.out());
            case GroupNormOp o -> groupNorm(o);
            case Conv3dOp o ->
                    gemm.conv3d(o.x(), plain(o.weight()), o.bias(), o.geometry(), o.out());
            case Conv3dAddOp o -> conv3dAdd(o);
            case ConvolveEnlargedOp o -> convolveEnlarged(o);
            case SplitHeadsOp o -> splitHeads(o);
            case AttentionOp o -> attention(o);
            case ProfileOp o -> profile(o);
            case BiasedAttentionOp o ->
                    attention.biased(o.q(), o.k(), o.v(), o.bias(), o.scale(), o.out());
        }
    }

    /** No kernel reads a scale yet. */
    private static Tensor plain(Weight weight) {
        return weight.unscaled("cuda");
    }

    private void averageFramePairs(AverageFramePairsOp o) {
        Tensor x = o.x();
        for (int t = 0; t < o.out().size(0); t++) {
            elementwise.combine(0.5f, x.get(2L * t), 0.5f, x.get(2L * t + 1), o.out().get(t));
        }
    }

    private void layerNorm(LayerNormOp o) {
        rowNorms.layer(o.x(), o.weight(), o.bias(), o.eps(), o.scale(), o.shift(), o.out());
    }

    private void groupNorm(GroupNormOp o) {
        groupNorm.apply(
                o.x(), o.groups(), o.weight(), o.bias(), o.eps(), o.modulation(), o.f(), o.out());
    }

    private void conv3dAdd(Conv3dAddOp o) {
        if (gemm.addsConvolved(o.x(), plain(o.weight()), o.geometry(), o.out())) {
            gemm.conv3dAdd(o.x(), plain(o.weight()), o.bias(), o.geometry(), o.out());
        } else {
            o.steps().forEach(this::run);
        }
    }

    private void convolveEnlarged(ConvolveEnlargedOp o) {
        if (gemm.convolvesEnlarged(o.x(), o.time(), o.space(), plain(o.weight()), o.out())) {
            gemm.convolveEnlarged(
                    o.x(), o.time(), plain(o.weight()), o.bias(), o.border(), o.out());
        } else {
            o.steps().forEach(this::run);
        }
    }

    private void splitHeads(SplitHeadsOp o) {
        int d = o.x().size(3);
        Check.that(
                d <= RowNorms.MOST_HEAD_DIM,
                "heads of %s elements, expected at most %s",
                d,
                RowNorms.MOST_HEAD_DIM);
        rowNorms.splitHeads(o.x(), o.norm(), o.cos(), o.sin(), o.ropeFrom(), o.outFrom(), o.out());
    }

    private void attention(AttentionOp o) {
        attention.attend(o.q(), o.k(), o.v(), o.plan(), o.kinds(), o.scale(), o.out());
    }

    private void profile(ProfileOp o) {
        attention.profile(
                o.q(),
                o.k(),
                o.v(),
                o.rows(),
                o.plan(),
                o.keyLimit(),
                o.scale(),
                o.tolerance(),
                o.errors(),
                o.kinds());
    }

    @Override
    public void close() {
        attention.close();
        gemm.close();
    }
}
