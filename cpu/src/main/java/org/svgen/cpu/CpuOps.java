package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ActivateOp;
import org.svgen.tensor.op.AddAveragedOp;
import org.svgen.tensor.op.AddDuplicatedOp;
import org.svgen.tensor.op.AddGatedOp;
import org.svgen.tensor.op.AddNormOp;
import org.svgen.tensor.op.AssignOp;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPrecision;
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
import org.svgen.tensor.op.PermuteOp;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.RmsNormOp;
import org.svgen.tensor.op.RouteBlocksOp;
import org.svgen.tensor.op.SplitHeadsOp;
import org.svgen.tensor.op.ThresholdBlocksOp;
import org.svgen.tensor.op.UpsampleNearestOp;

/** Hands each operation to the class of its family. */
final class CpuOps implements Ops {
    private final Elementwise elementwise;
    private final RowNorms rowNorms;
    private final Shuffles shuffles;
    private final Patches patches;
    private final GroupNorm groupNorm;
    private final LinearLayer linear;
    private final Conv3d conv3d;
    private final Heads heads;
    private final BandAttention attention;
    private final Profiler profiler;
    private final BiasedAttention biasedAttention;
    private final BlockAttention blockAttention;
    private final Blocks blocks;
    private final BlockChooser chooser;
    private final Distances distances;
    private final Clusters clusters;
    private final BlockRouter router;
    private final Patterns patterns;

    CpuOps(Parallel parallel, String matrixProduct) {
        elementwise = new Elementwise(parallel);
        rowNorms = new RowNorms(parallel);
        shuffles = new Shuffles(parallel);
        patches = new Patches(parallel);
        groupNorm = new GroupNorm(parallel);
        VectorGemm gemm = new VectorGemm(parallel);
        linear = new LinearLayer(parallel, gemm, matrixProduct);
        conv3d = new Conv3d(parallel);
        heads = new Heads(parallel);
        attention = new BandAttention(parallel);
        profiler = new Profiler(parallel);
        biasedAttention = new BiasedAttention(parallel);
        blockAttention = new BlockAttention(parallel);
        blocks = new Blocks(parallel);
        chooser = new BlockChooser(parallel);
        distances = new Distances(parallel);
        clusters = new Clusters(parallel);
        router = new BlockRouter(parallel);
        patterns = new Patterns(parallel);
    }

    /** Which matrix product is used, and why. */
    String matrixProduct() {
        return linear.description();
    }

    /** Whose matrix product is used. */
    String products() {
        return linear.name();
    }

    @Override
    public void run(Op op) {
        switch (op) {
            case ConvertOp o -> elementwise.convert(o.x(), o.out());
            case FillOp o -> elementwise.fill(o.value(), o.out());
            case AxpbyOp o -> elementwise.axpby(o.a(), o.x(), o.b(), o.y(), o.out());
            case MultiplyOp o -> elementwise.multiply(o.x(), o.y(), o.out());
            case ActivateOp o -> elementwise.activate(o.f(), o.x(), o.out());
            case AddGatedOp o -> addGated(o);
            case CountNonFiniteOp o -> countNonFinite(o);
            case DistanceOp o -> distances.apply(o);
            case EmbeddingOp o -> shuffles.embedding(o.ids(), o.table(), o.out());
            case UpsampleNearestOp o ->
                    shuffles.upsampleNearest(o.x(), o.time(), o.space(), o.out());
            case AverageFramePairsOp o -> shuffles.averageFramePairs(o.x(), o.out());
            case AddAveragedOp o -> patches.addAveraged(o);
            case AddDuplicatedOp o -> patches.addDuplicated(o);
            case PermuteOp o -> shuffles.permute(o.x(), o.order(), o.out());
            case LinearOp o -> linear.apply(o);
            case LinearPairOp o -> linear.pair(o.x(), o.y(), o.weight(), o.bias(), o.out());
            case LayerNormOp o -> rowNorms.layer(o);
            case EightBitNormOp o -> rowNorms.eightBits(o);
            case RmsNormOp o -> rowNorms.rms(o);
            case GroupNormOp o -> groupNorm.apply(o);
            case Conv3dOp o -> conv3d.apply(o);
            case AddNormOp o -> o.steps().forEach(this::run);
            case Conv3dAddOp o -> o.steps().forEach(this::run);
            case ConvolveAfterOp o -> o.steps().forEach(this::run);
            case ConvolveEnlargedOp o -> o.steps().forEach(this::run);
            case ConvolveNormedOp o -> o.steps().forEach(this::run);
            case SplitHeadsOp o -> heads.split(o);
            case AttentionOp o -> attention(o);
            case ProfileOp o -> profiler.profile(o);
            case ChooseKindsOp o -> KindChooser.choose(o);
            case BiasedAttentionOp o -> biasedAttention.apply(o);
            case AssignOp o -> clusters.assign(o);
            case InteractOp o -> clusters.interact(o);
            case GroupOp o -> clusters.group(o);
            case ClusterMeansOp o -> clusters.means(o);
            case BlockMassOp o -> router.masses(o);
            case BlockErrorOp o -> router.errors(o);
            case RouteBlocksOp o -> router.route(o);
            case BlockSharesOp o -> patterns.shares(o);
            case LineScoresOp o -> patterns.lines(o);
            case ChooseMapsOp o -> patterns.choose(o);
            case BlockAttentionOp o -> blockAttention.apply(o);
            case BlockMeansOp o -> blocks.means(o);
            case ThresholdBlocksOp o -> chooser.choose(o);
            case BlockDensityOp o -> blocks.density(o);
        }
    }

    private void attention(AttentionOp o) {
        Check.that(o.precision() == AttentionPrecision.FULL, "attention in %s", o.precision());
        int[] kind = new int[o.q().size(0) * o.q().size(1)];
        Tensor kinds = o.kinds();
        if (kinds != null) {
            MemorySegment.copy(
                    kinds.host(), ValueLayout.JAVA_INT_UNALIGNED, 0, kind, 0, kind.length);
        }
        int most = o.plan().kinds().size();
        for (int j : kind) {
            Check.that(j >= 0 && j < most, "kind %s of %s", j, most);
        }
        attention.attend(o.q(), o.k(), o.v(), o.plan(), kind, o.scale(), o.out());
    }

    private void addGated(AddGatedOp o) {
        int count = elementwise.addGated(o.x(), o.gate(), o.out(), o.faults() != null);
        if (o.faults() != null) {
            MemorySegment faults = o.faults().host();
            int before = faults.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
            faults.set(ValueLayout.JAVA_INT_UNALIGNED, 0, before + count);
        }
    }

    private void countNonFinite(CountNonFiniteOp o) {
        int count = elementwise.countNonFinite(o.x());
        o.out().host().set(ValueLayout.JAVA_INT_UNALIGNED, 0, count);
    }
}
