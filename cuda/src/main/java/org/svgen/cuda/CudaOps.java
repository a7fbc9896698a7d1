package org.svgen.cuda;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.svgen.cuda.attention.Attention;
import org.svgen.cuda.cluster.BlockRouter;
import org.svgen.cuda.cluster.Clusters;
import org.svgen.cuda.cluster.PatternChooser;
import org.svgen.cuda.conv.Convolutions;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.product.EightBitNorms;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.cuda.product.Products;
import org.svgen.cuda.simple.Elementwise;
import org.svgen.cuda.simple.GroupNorm;
import org.svgen.cuda.simple.Patches;
import org.svgen.cuda.simple.PixelNorms;
import org.svgen.cuda.simple.RowNorms;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
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
import org.svgen.tensor.op.PermuteOp;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.RmsNormOp;
import org.svgen.tensor.op.RouteBlocksOp;
import org.svgen.tensor.op.SplitHeadsOp;
import org.svgen.tensor.op.ThresholdBlocksOp;
import org.svgen.tensor.op.UpsampleNearestOp;

/** Hands each operation to the class of its subject. */
final class CudaOps implements Ops, AutoCloseable {
    private final Gpu gpu;
    private final Elementwise elementwise;
    private final RowNorms rowNorms;
    private final PixelNorms pixelNorms;
    private final Shuffles shuffles;
    private final Patches patches;
    private final GroupNorm groupNorm;
    private final Products products;
    private final EightBitNorms eightBitNorms;
    private final Convolutions convolutions;
    private final Attention attention;
    private final Clusters clusters;
    private final BlockRouter router;
    private final PatternChooser patterns;

    CudaOps(Gpu gpu, ProductSettings settings) {
        this.gpu = gpu;
        elementwise = new Elementwise(gpu);
        rowNorms = new RowNorms(gpu);
        pixelNorms = new PixelNorms(gpu);
        shuffles = new Shuffles(gpu);
        patches = new Patches(gpu);
        groupNorm = new GroupNorm(gpu);
        products = new Products(gpu, settings);
        eightBitNorms = new EightBitNorms(gpu, rowNorms::run);
        convolutions = new Convolutions(gpu, shuffles, groupNorm, products);
        attention = new Attention(gpu, products, shuffles);
        clusters = new Clusters(gpu);
        router = new BlockRouter(gpu);
        patterns = new PatternChooser(gpu);
    }

    /** Which kernels are used, and whose products. */
    String description() {
        String whose = products.description();
        return "kernels for " + gpu.kernels().description() + (whose.isEmpty() ? "" : "; " + whose);
    }

    /** The same, as far as bits depend on it, and whether it is known yet or not. */
    String arithmetic() {
        return "kernels for %s; %s".formatted(gpu.kernels().description(), products.arithmetic());
    }

    /** For each operation with a choice of kernels, what {@link Kernels#description} says. */
    SequencedMap<String, List<String>> kernels() {
        SequencedMap<String, List<String>> found = new LinkedHashMap<>();
        found.put("attention", attention.description());
        found.put("attention in 8 bits", attention.eightBitsDescription());
        found.put("attention by blocks", attention.blocksDescription());
        found.put("profile", attention.profileDescription());
        found.put("nearest centroids", clusters.description());
        found.put("errors of means", router.description());
        found.put("product", products.kernels().description());
        found.put("product in 8 bits", products.eightBitsDescription());
        found.put("norm in 8 bits", eightBitNorms.description());
        found.put("convolution", convolutions.description());
        found.put("convolution of enlarged frames", convolutions.enlargedDescription());
        return found;
    }

    @Override
    public void run(Op op) {
        products.before(op);
        switch (op) {
            case ConvertOp o -> elementwise.activate(Activation.NONE, o.x(), o.out());
            case FillOp o -> elementwise.fill(o.value(), o.out());
            case AxpbyOp o -> elementwise.combine(o.a(), o.x(), o.b(), o.y(), o.out());
            case MultiplyOp o -> elementwise.multiply(o.x(), o.y(), o.out());
            case ActivateOp o -> elementwise.activate(o.f(), o.x(), o.out());
            case AddGatedOp o -> elementwise.addGated(o.x(), o.gate(), o.out(), o.faults());
            case CountNonFiniteOp o -> elementwise.countNonFinite(o.x(), o.out());
            case DistanceOp o -> elementwise.distance(o.x(), o.y(), o.out());
            case EmbeddingOp o -> embedding(o);
            case UpsampleNearestOp o ->
                    shuffles.upsampleNearest(o.x(), o.time(), o.space(), o.out());
            case AverageFramePairsOp o -> averageFramePairs(o);
            case AddAveragedOp o -> patches.addAveraged(o);
            case AddDuplicatedOp o -> patches.addDuplicated(o);
            case PermuteOp o -> shuffles.permute(o.x(), o.order(), o.out());
            case LinearOp o -> products.run(o);
            case LinearPairOp o -> products.run(o);
            case LayerNormOp o -> rowNorms.run(o);
            case EightBitNormOp o -> eightBitNorms.run(o);
            case AddNormOp o -> addNorm(o);
            case RmsNormOp o -> rmsNorm(o);
            case GroupNormOp o -> groupNorm.run(o);
            case Conv3dOp o -> convolutions.run(o);
            case Conv3dAddOp o -> conv3dAdd(o);
            case ConvolveAfterOp o -> convolveAfter(o);
            case ConvolveEnlargedOp o -> convolveEnlarged(o);
            case ConvolveNormedOp o -> convolveNormed(o);
            case SplitHeadsOp o -> rowNorms.run(o);
            case AttentionOp o -> attention.run(o);
            case ProfileOp o -> attention.run(o);
            case ChooseKindsOp o -> attention.run(o);
            case BiasedAttentionOp o -> attention.run(o);
            case AssignOp o -> clusters.run(o);
            case InteractOp o -> clusters.run(o);
            case GroupOp o -> clusters.run(o);
            case ClusterMeansOp o -> clusters.run(o);
            case BlockMassOp o -> router.run(o);
            case BlockErrorOp o -> router.run(o);
            case RouteBlocksOp o -> router.run(o);
            case BlockSharesOp o -> patterns.run(o);
            case LineScoresOp o -> patterns.run(o);
            case ChooseMapsOp o -> patterns.run(o);
            case BlockAttentionOp o -> attention.run(o);
            case BlockMeansOp o -> attention.run(o);
            case ThresholdBlocksOp o -> attention.run(o);
            case BlockDensityOp o -> attention.run(o);
        }
    }

    private void embedding(EmbeddingOp o) {
        if (o.table().isPlain()) {
            shuffles.embedding(o.ids(), o.table().values(), o.out());
        } else {
            products.rows(
                    o.table(),
                    o.ids(),
                    rows -> elementwise.activate(Activation.NONE, rows, o.out()));
        }
    }

    private void rmsNorm(RmsNormOp o) {
        if (o.f() == Activation.NONE) {
            rowNorms.run(o);
        } else if (!pixelNorms.run(o)) {
            rowNorms.run(o);
            elementwise.activate(o.f(), o.out(), o.out());
        }
    }

    /** As {@link Backend#scratchBytes} says. */
    long scratchBytes(Op op) {
        return switch (op) {
            case AttentionOp o -> attention.scratchBytes(o);
            case BlockAttentionOp o -> attention.scratchBytes(o);
            case AssignOp o -> clusters.scratchBytes(o);
            case BlockErrorOp o -> router.scratchBytes(o);
            case EightBitNormOp o -> eightBitNorms.scratchBytes(o);
            default -> products.scratchBytes(op);
        };
    }

    /** Before memory is taken, written or given back other than by operations. */
    void forget() {
        products.forget();
    }

    /** As {@link Backend#refuses} says. */
    Optional<String> refuses(Op op) {
        return switch (op) {
            case BlockAttentionOp o -> attention.refuses(o);
            case AttentionOp o -> attention.refuses(o);
            case EightBitNormOp o -> eightBitNorms.refuses(o);
            default -> products.refuses(op);
        };
    }

    private void averageFramePairs(AverageFramePairsOp o) {
        Tensor x = o.x();
        for (int t = 0; t < o.out().size(0); t++) {
            elementwise.combine(0.5f, x.get(2L * t), 0.5f, x.get(2L * t + 1), o.out().get(t));
        }
    }

    private void addNorm(AddNormOp o) {
        if (!rowNorms.add(o)) {
            o.steps().forEach(this::run);
        }
    }

    private void conv3dAdd(Conv3dAddOp o) {
        if (!convolutions.add(o)) {
            o.steps().forEach(this::run);
        }
    }

    private void convolveAfter(ConvolveAfterOp o) {
        if (!convolutions.after(o)) {
            o.steps().forEach(this::run);
        }
    }

    private void convolveEnlarged(ConvolveEnlargedOp o) {
        if (!convolutions.enlarged(o)) {
            o.steps().forEach(this::run);
        }
    }

    private void convolveNormed(ConvolveNormedOp o) {
        if (!convolutions.normed(o)) {
            o.steps().forEach(this::run);
        }
    }

    @Override
    public void close() {
        attention.close();
        products.close();
    }
}
