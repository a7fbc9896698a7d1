package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/**
 * Runs the operations that models are made of. Each method makes the record of its name, where
 * shapes, rules and checks are told, and runs it. Every method writes into {@code out} (last
 * argument), allocates no result, and throws {@link IllegalArgumentException} if shapes do not
 * agree.
 */
@FunctionalInterface
@SuppressWarnings("doclint:missing") // parameters are those of the records
public interface Ops {
    /**
     * Does {@code op}; may return before the device has finished.
     *
     * @param op the operation with its operands
     */
    void run(Op op);

    /**
     * Says that from here on operations on these rows may be divided among the devices that compute
     * together, each of which then has some rows alone. Changes no result; does nothing where one
     * device computes.
     *
     * @param rows [..., C]: all rows, one element of the batch behind the other
     */
    default void spread(Tensor rows) {}

    /**
     * Says that operations from here to {@link #together} read nothing that those of another such
     * unit write, but what {@link org.svgen.tensor.device.Backend#beginDownload} fetches. Of
     * several devices that compute together one does all of it, which the others need not wait for.
     * Changes no result; does nothing where one device computes.
     *
     * @param unit which, from 0: devices take turns
     */
    default void apart(int unit) {}

    /** Ends what {@link #apart} began. */
    default void together() {}

    /** {@link ConvertOp}: {@code out = x}, rounded to the type of {@code out}. */
    default void convert(Tensor x, Tensor out) {
        run(new ConvertOp(x, out));
    }

    /** {@link FillOp}: every element of {@code out} becomes {@code value}. */
    default void fill(float value, Tensor out) {
        run(new FillOp(value, out));
    }

    /** {@link AxpbyOp}: {@code out = a x + b y}; {@code out} may be {@code x} or {@code y}. */
    default void axpby(float a, Tensor x, float b, Tensor y, Tensor out) {
        run(new AxpbyOp(a, x, b, y, out));
    }

    /** {@link MultiplyOp}: {@code out = x * y}; {@code out} may be {@code x} or {@code y}. */
    default void multiply(Tensor x, Tensor y, Tensor out) {
        run(new MultiplyOp(x, y, out));
    }

    /** {@link ActivateOp}: {@code out = f(x)}; {@code out} may be {@code x}. */
    default void activate(Activation f, Tensor x, Tensor out) {
        run(new ActivateOp(f, x, out));
    }

    /** {@link EmbeddingOp}: {@code out[i] = table[ids[i]]}. */
    default void embedding(Tensor ids, Weight table, Tensor out) {
        run(new EmbeddingOp(ids, table, out));
    }

    /** {@link LinearOp}: {@code out = f(x weight^T + bias)}, torch's Linear. */
    default void linear(Tensor x, Weight weight, @Nullable Tensor bias, Activation f, Tensor out) {
        run(new LinearOp(x, weight, bias, f, out));
    }

    /** {@link LinearOp} of rows that {@link EightBitNormOp} has rounded, or of rows as they are. */
    default void linear(
            Tensor x,
            @Nullable Tensor scales,
            Weight weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        run(new LinearOp(x, scales, weight, bias, f, out));
    }

    /** {@link LinearPairOp}: {@code out = [x | y] weight^T + bias}. */
    default void linearPair(Tensor x, Tensor y, Weight weight, @Nullable Tensor bias, Tensor out) {
        run(new LinearPairOp(x, y, weight, bias, out));
    }

    /** {@link LayerNormOp}: {@code out = layerNorm(x) * (1 + scale) + shift}. */
    default void layerNorm(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        run(new LayerNormOp(x, weight, bias, eps, scale, shift, out));
    }

    /** {@link RmsNormOp}: {@code out = x / sqrt(mean(x^2) + eps) * weight}. */
    default void rmsNorm(Tensor x, @Nullable Tensor weight, float eps, Tensor out) {
        rmsNorm(x, weight, eps, Activation.NONE, out);
    }

    /** {@link RmsNormOp}: the same under an activation function. */
    default void rmsNorm(Tensor x, @Nullable Tensor weight, float eps, Activation f, Tensor out) {
        run(new RmsNormOp(x, weight, eps, f, out));
    }

    /** {@link AddGatedOp}: {@code out += gate * x}, the gate the same for all rows. */
    default void addGated(Tensor x, Tensor gate, Tensor out) {
        run(new AddGatedOp(x, gate, out));
    }

    /** The same; {@code faults} grow by the number of sums that are NaN or infinite. */
    default void addGated(Tensor x, Tensor gate, Tensor out, @Nullable Tensor faults) {
        run(new AddGatedOp(x, gate, out, faults));
    }

    /** {@link AddNormOp}: {@code sum += gate * x}, then {@code out} is its layer norm. */
    default void addNorm(
            Tensor x,
            @Nullable Tensor gate,
            Tensor sum,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        run(new AddNormOp(x, gate, sum, weight, bias, eps, scale, shift, out));
    }

    /**
     * {@link GroupNormOp}: {@code out = f(groupNorm(x) * scale + shift)}; {@code scale}, {@code
     * shift} and {@code scaleFrame} come together or not at all.
     */
    default void groupNorm(
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
        GroupNormOp.Modulation modulation = GroupNormOp.Modulation.of(scale, shift, scaleFrame);
        run(new GroupNormOp(x, groups, weight, bias, eps, modulation, f, out));
    }

    /** {@link Conv3dOp}: a convolution, valid in time, padded in space. */
    default void conv3d(
            Tensor x, Weight weight, @Nullable Tensor bias, ConvGeometry geometry, Tensor out) {
        run(new Conv3dOp(x, weight, bias, geometry, out));
    }

    /** {@link Conv3dAddOp}: {@code out += } a convolution; {@code scratch} holds anything then. */
    default void conv3dAdd(
            Tensor x,
            Weight weight,
            @Nullable Tensor bias,
            ConvGeometry geometry,
            Tensor scratch,
            Tensor out) {
        run(new Conv3dAddOp(x, weight, bias, geometry, scratch, out));
    }

    /**
     * {@link ConvolveAfterOp}: a convolution of frames and what came before them, added to {@code
     * out} if there is a {@code scratch}.
     */
    default void convolveAfter(
            Tensor past,
            Tensor x,
            Weight weight,
            @Nullable Tensor bias,
            ConvGeometry geometry,
            @Nullable Tensor scratch,
            Tensor out) {
        run(new ConvolveAfterOp(past, x, weight, bias, geometry, scratch, out));
    }

    /** {@link ConvolveNormedOp}: a group norm, and the convolution of its result. */
    default void convolveNormed(
            GroupNormOp norm, ConvolveAfterOp convolution, @Nullable Tensor tail) {
        run(new ConvolveNormedOp(norm, convolution, tail));
    }

    /** {@link ConvolveEnlargedOp}: repeats frames and pixels, then convolves them. */
    default void convolveEnlarged(
            Tensor x,
            int time,
            int space,
            Weight weight,
            @Nullable Tensor bias,
            Border border,
            Tensor scratch,
            Tensor out) {
        run(new ConvolveEnlargedOp(x, time, space, weight, bias, border, scratch, out));
    }

    /** {@link UpsampleNearestOp}: repeats every frame {@code time}, every pixel {@code space}. */
    default void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        run(new UpsampleNearestOp(x, time, space, out));
    }

    /** {@link AverageFramePairsOp}: means of pairs of successive frames. */
    default void averageFramePairs(Tensor x, Tensor out) {
        run(new AverageFramePairsOp(x, out));
    }

    /** {@link AddAveragedOp}: {@code out += } means of frames, pixels and channels. */
    default void addAveraged(Tensor x, int time, int space, Tensor out) {
        run(new AddAveragedOp(x, time, space, out));
    }

    /** {@link AddDuplicatedOp}: {@code out += } copies of frames, pixels and channels. */
    default void addDuplicated(Tensor x, int time, int space, Tensor out) {
        run(new AddDuplicatedOp(x, time, space, out));
    }

    /** {@link PermuteOp}: dimension {@code i} of {@code out} is {@code order[i]} of {@code x}. */
    default void permute(Tensor x, int[] order, Tensor out) {
        run(new PermuteOp(x, order, out));
    }

    /** {@link SplitHeadsOp}: {@code out[b, h, outFrom + n] = rope(norm(x[b, n, h]))}. */
    default void splitHeads(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int ropeFrom,
            int outFrom,
            Tensor out) {
        run(new SplitHeadsOp(x, norm, cos, sin, ropeFrom, outFrom, out));
    }

    /** As above from the first token of {@code out}. */
    default void splitHeads(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int ropeFrom,
            Tensor out) {
        splitHeads(x, norm, cos, sin, ropeFrom, 0, out);
    }

    /** As below in full precision. */
    default void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        attention(q, k, v, plan, kinds, scale, AttentionPrecision.FULL, out);
    }

    /** {@link AttentionOp}: {@code out = softmax(scale q k^T) v} over the keys of the plan. */
    default void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            @Nullable Tensor kinds,
            float scale,
            AttentionPrecision precision,
            Tensor out) {
        run(new AttentionOp(q, k, v, plan, kinds, scale, precision, out));
    }

    /** {@link ProfileOp}: how far each kind of the plan is from dense attention, of each head. */
    default void profile(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            float scale,
            Tensor errors,
            Tensor energies) {
        run(new ProfileOp(q, k, v, rows, plan, keyLimit, scale, errors, energies));
    }

    /** {@link ChooseKindsOp}: the kind of each head, by its errors and costs. */
    default void chooseKinds(
            Tensor errors,
            Tensor energies,
            float[] costs,
            float[] multipliers,
            float tolerance,
            Tensor kinds) {
        run(new ChooseKindsOp(errors, energies, costs, multipliers, tolerance, kinds));
    }

    /** {@link AssignOp}: the nearest centroid of each token. */
    default void assign(
            Tensor x, int from, Tensor centroids, @Nullable Tensor weighed, Tensor labels) {
        run(new AssignOp(x, from, centroids, weighed, labels));
    }

    /** {@link InteractOp}: centroids as the other side of attention sees them. */
    default void interact(
            Tensor centroids, Tensor others, Tensor bounds, int first, Tensor metric, Tensor out) {
        run(new InteractOp(centroids, others, bounds, first, metric, out));
    }

    /** {@link GroupOp}: tokens of one label stand together. */
    default void group(Tensor labels, int from, int to, Tensor bounds, Tensor order) {
        run(new GroupOp(labels, from, to, bounds, order));
    }

    /** {@link ClusterMeansOp}: each centroid becomes the mean of its cluster. */
    default void clusterMeans(Tensor x, Tensor bounds, Tensor order, int first, Tensor centroids) {
        run(new ClusterMeansOp(x, bounds, order, first, centroids));
    }

    /** {@link BlockMassOp}: how much attention clusters of keys get. */
    default void blockMass(
            Tensor queries, Tensor keys, Tensor bounds, int first, float scale, Tensor masses) {
        run(new BlockMassOp(queries, keys, bounds, first, scale, masses));
    }

    /** {@link BlockErrorOp}: how far off the means of clusters of keys are. */
    default void blockError(
            Tensor queries,
            Tensor k,
            Tensor v,
            Tensor bounds,
            Tensor order,
            int first,
            Tensor keys,
            Tensor values,
            float scale,
            Tensor errors) {
        run(new BlockErrorOp(queries, k, v, bounds, order, first, keys, values, scale, errors));
    }

    /** {@link RouteBlocksOp}: which clusters of keys a cluster of queries attends to. */
    default void routeBlocks(
            Tensor scores,
            @Nullable Tensor masses,
            Tensor bounds,
            int first,
            RouteBlocksOp.Limit limit,
            Tensor bits) {
        run(new RouteBlocksOp(scores, masses, bounds, first, limit, bits));
    }

    /** {@link BlockSharesOp}: how sampled queries share their attention among blocks of keys. */
    default void blockShares(
            Tensor q, Tensor k, Tensor rows, Tensor bounds, float scale, Tensor shares) {
        run(new BlockSharesOp(q, k, rows, bounds, scale, shares));
    }

    /** {@link LineScoresOp}: what the vertical and the slash through pairs of blocks are worth. */
    default void lineScores(Tensor shares, Tensor blocks, Tensor lines, Tensor scores) {
        run(new LineScoresOp(shares, blocks, lines, scores));
    }

    /** {@link ChooseMapsOp}: the pattern that keeps most of the attention of sampled queries. */
    default void chooseMaps(
            Tensor shares, Tensor blocks, Tensor bits, int patterns, int first, Tensor which) {
        run(new ChooseMapsOp(shares, blocks, bits, patterns, first, which));
    }

    /** {@link BiasedAttentionOp}: {@code out = softmax(scale q k^T + bias) v}, of few tokens. */
    default void biasedAttention(
            Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        run(new BiasedAttentionOp(q, k, v, bias, scale, out));
    }

    /**
     * {@link BlockAttentionOp}: attention to the blocks of keys that a map keeps, and to the means
     * of all others if there is a tail.
     */
    default void blockAttention(
            Tensor q,
            Tensor k,
            Tensor v,
            BlockMap map,
            @Nullable BlockTail tail,
            double density,
            float scale,
            Tensor out) {
        run(new BlockAttentionOp(q, k, v, map, tail, density, scale, out));
    }

    /** {@link BlockMeansOp}: the mean of the rows of each block. */
    default void blockMeans(Tensor x, TokenBlocks blocks, @Nullable Tensor which, Tensor out) {
        run(new BlockMeansOp(x, blocks, which, out));
    }

    /** {@link ThresholdBlocksOp}: the bits of a map by the scores of block means. */
    default void thresholdBlocks(
            Tensor queries,
            Tensor keys,
            Tensor bounds,
            BlockThreshold rule,
            float scale,
            Tensor bits) {
        run(new ThresholdBlocksOp(queries, keys, bounds, rule, scale, bits));
    }

    /** {@link BlockDensityOp}: the fraction of query-key pairs that a map keeps for each head. */
    default void blockDensity(BlockMap map, int queries, int keys, Tensor out) {
        run(new BlockDensityOp(map, queries, keys, out));
    }

    /** {@link CountNonFiniteOp}: the number of elements of {@code x} that are NaN or infinite. */
    default void countNonFinite(Tensor x, Tensor out) {
        run(new CountNonFiniteOp(x, out));
    }

    /**
     * {@link DistanceOp}: sums of {@code |x - y|}, or of {@code |x|}, over equal shares of the
     * elements.
     */
    default void distance(Tensor x, @Nullable Tensor y, Tensor out) {
        run(new DistanceOp(x, y, out));
    }

    /** What a convolution reads beyond the four sides of a frame. */
    enum Border {
        /** Zeros. */
        ZEROS,
        /** The nearest pixel of the frame. */
        EDGE
    }

    /**
     * Strides and padding in space of {@link #conv3d}: {@code Ho = (H + top + bottom - kh) /
     * strideSpace + 1}.
     */
    record ConvGeometry(
            int strideTime,
            int strideSpace,
            int top,
            int bottom,
            int left,
            int right,
            Border border) {
        /** Padded with zeros. */
        public ConvGeometry(
                int strideTime, int strideSpace, int top, int bottom, int left, int right) {
            this(strideTime, strideSpace, top, bottom, left, right, Border.ZEROS);
        }

        /** Stride 1, {@code padding} zeros on all four sides. */
        public static ConvGeometry same(int padding) {
            return new ConvGeometry(1, 1, padding, padding, padding, padding);
        }
    }

    /**
     * Normalisation of a head's vector before rotation.
     *
     * @param weight F32 or BF16 [D], or [H D] where all heads are normalised together
     */
    record HeadNorm(Kind kind, @Nullable Tensor weight, @Nullable Tensor bias, float eps) {
        /**
         * None, {@link Ops#layerNorm} or {@link Ops#rmsNorm} over the head dimension, or the latter
         * over all heads of a token ({@code rms_norm_across_heads} in diffusers).
         */
        public enum Kind {
            NONE,
            LAYER,
            RMS,
            RMS_ACROSS
        }

        /** Elements that a weight has for {@code heads} heads of {@code headDim} elements. */
        public int weights(int heads, int headDim) {
            return kind == Kind.RMS_ACROSS ? heads * headDim : headDim;
        }

        /** The same on other weights. */
        HeadNorm on(UnaryOperator<Tensor> tensors) {
            return new HeadNorm(
                    kind, Operands.on(weight, tensors), Operands.on(bias, tensors), eps);
        }

        public static final HeadNorm NONE = new HeadNorm(Kind.NONE, null, null, 0);
    }
}
