package org.svgen.tensor.device;

import static org.svgen.tensor.device.OpCost.arg;
import static org.svgen.tensor.device.OpCost.tensor;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** Makes an operation smaller, so that it can be measured in little time and memory. */
final class OpCut {
    private OpCut() {}

    /** The arguments of an operation on about {@code share} of what {@code args} are. */
    static @Nullable Object[] cut(String operation, @Nullable Object[] args, double share) {
        @Nullable Object[] to = args.clone();
        switch (operation) {
            case "linear" -> all(to, 0, share, 0, 4);
            case "linearGated" -> all(to, 0, share, 0, 4, 5);
            case "linearPair" -> all(to, 0, share, 0, 1, 4);
            case "convert" -> flat(to, share, 0, 1);
            case "fill" -> flat(to, share, 1);
            case "axpby" -> flat(to, share, 1, 3, 4);
            case "multiply" -> flat(to, share, 0, 1, 2);
            case "activate" -> flat(to, share, 1, 2);
            case "embedding" -> all(to, 0, share, 0, 2);
            case "layerNorm" -> all(to, 0, share, 0, 6);
            case "rmsNorm" -> all(to, 0, share, 0, 3);
            case "addGated" -> all(to, 0, share, 0, 2);
            case "countNonFinite" -> flat(to, share, 0);
            case "groupNorm" -> {
                int margin = tensor(to, 9).size(2) - tensor(to, 0).size(2);
                all(to, 2, share, 0);
                resize(to, 9, 2, tensor(to, 0).size(2) + margin);
            }
            case "conv3d" -> convolution(to, share, 4);
            case "conv3dAdd" -> convolution(to, share, 4, 5);
            case "convolveEnlarged" -> enlarged(to, share);
            case "splitHeads" -> {
                all(to, 2, share, 0);
                all(to, 1, share, to.length - 1);
            }
            case "attention" -> attention(to, share);
            case "profile" -> {
                heads(to, share, 0, 1, 2);
                resize(to, 8, 1, 1);
                resize(to, 8, 2, tensor(to, 0).size(1));
                resize(to, 9, 0, 1);
                resize(to, 9, 1, tensor(to, 0).size(1));
            }
            case "biasedAttention" -> {
                all(to, 1, share, 0, 1, 2, 5);
                all(to, 0, share, 3);
            }
            default -> {} // moves data without computing: measured whole, or not at all
        }
        return to;
    }

    /** The same part of one dimension of several tensors. */
    private static void all(@Nullable Object[] args, int dimension, double share, int... which) {
        for (int i : which) {
            int size = tensor(args, i).size(dimension);
            resize(args, i, dimension, (int) Math.max(1, size * share));
        }
    }

    /** As many elements of each, whatever their shapes. */
    private static void flat(@Nullable Object[] args, double share, int... which) {
        for (int i : which) {
            Tensor t = tensor(args, i);
            args[i] = DryRun.phantom(t.dtype(), (long) Math.max(1, t.elements() * share));
        }
    }

    private static void resize(@Nullable Object[] args, int i, int dimension, int size) {
        Tensor t = tensor(args, i);
        long[] dims = t.shape().dims();
        dims[dimension] = size;
        args[i] = DryRun.phantom(t.dtype(), dims);
    }

    private static void convolution(@Nullable Object[] args, double share, int... outputs) {
        ConvGeometry g = (ConvGeometry) arg(args, 3);
        int kernel = tensor(args, 1).size(3);
        int height = tensor(args, 0).size(1);
        int cut = Math.clamp((int) (height * share), Math.min(kernel, height), height);
        resize(args, 0, 1, cut);
        for (int i : outputs) {
            resize(args, i, 1, (cut + g.top() + g.bottom() - kernel) / g.strideSpace() + 1);
        }
    }

    private static void enlarged(@Nullable Object[] args, double share) {
        int height = tensor(args, 0).size(1);
        int cut = Math.clamp((int) (height * share), 1, height);
        int space = (int) arg(args, 2);
        resize(args, 0, 1, cut);
        resize(args, 6, 1, cut * space);
        resize(args, 7, 1, cut * space);
    }

    /** Fewer heads; where one is too much, fewer tokens, which attend densely. */
    private static void attention(@Nullable Object[] args, double share) {
        Tensor q = tensor(args, 0);
        double heads = (double) q.size(0) * q.size(1);
        heads(args, share, 0, 1, 2);
        int left = tensor(args, 0).size(1);
        int tokens = q.size(2);
        if (heads * share < 1) {
            AttentionPlan plan = (AttentionPlan) arg(args, 3);
            double pairs = plan.kinds().getFirst().pattern().pairs() * heads * share;
            tokens = (int) Math.clamp(Math.sqrt(pairs), Math.min(16, tokens), tokens);
            for (int i = 0; i < 3; i++) {
                resize(args, i, 2, tokens);
            }
            args[3] = AttentionPlan.dense(tokens, tokens);
            args[4] = null;
        }
        if (args[4] != null) {
            args[4] = DryRun.phantom(DType.I32, 1, left);
        }
        args[6] = DryRun.phantom(tensor(args, 6).dtype(), 1, tokens, left, q.size(3));
    }

    /** Of one batch element, a part of the heads of [B, H, N, D]. */
    private static void heads(@Nullable Object[] args, double share, int... which) {
        for (int i : which) {
            Tensor t = tensor(args, i);
            double heads = (double) t.size(0) * t.size(1);
            int left = (int) Math.clamp(Math.floor(heads * share), 1, t.size(1));
            args[i] = DryRun.phantom(t.dtype(), 1, left, t.size(2), t.size(3));
        }
    }
}
