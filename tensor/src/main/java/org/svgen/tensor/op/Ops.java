package org.svgen.tensor.op;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/**
 * The operations that models are made of. Every method writes into {@code out} (last argument),
 * which does not overlap an input unless the method says so, and allocates no result. Activations
 * are F32 or the backend's own activation type; weights may have any floating point type. Sums are
 * accumulated in at least 32-bit floating point.
 *
 * <p>Shapes are given as comments; a product such as {@code [B*N, C]} means that leading dimensions
 * are taken together. Every method throws {@link IllegalArgumentException} if shapes do not agree.
 */
@SuppressWarnings("doclint:missing") // each parameter has its shape beside it
public interface Ops {

    /** {@code out = x}, rounded to the type of {@code out}; any two floating point types. */
    void convert(Tensor x, Tensor out); // same element count

    /** Every element of {@code out} becomes {@code value}. */
    void fill(float value, Tensor out);

    /** {@code out = a x + b y}; {@code out} may be {@code x} or {@code y}. */
    void axpby(float a, Tensor x, float b, Tensor y, Tensor out); // same element counts

    /** {@code out = x * y}, elementwise; {@code out} may be {@code x} or {@code y}. */
    void multiply(Tensor x, Tensor y, Tensor out); // same element counts

    /** {@code out = f(x)}, elementwise; {@code out} may be {@code x}. */
    void activate(Activation f, Tensor x, Tensor out);

    /** {@code out[i] = table[ids[i]]}. */
    void embedding(Tensor ids, Tensor table, Tensor out); // I32 [N], [V, C] -> [N, C]

    /** {@code out = f(x weight^T + bias)}, torch's Linear. */
    void linear(
            Tensor x, // [M, K]
            Tensor weight, // [N, K], any float type
            @Nullable Tensor bias, // [N]
            Activation f,
            Tensor out); // [M, N]

    /**
     * {@code out += gate * (x weight^T + bias)}: a linear layer's gated residual, the gate the same
     * for all rows.
     *
     * @param scratch of the workspace's activation type or F32; holds anything afterwards
     */
    default void linearGated(
            Tensor x, // [M, K]
            Tensor weight, // [N, K], any float type
            @Nullable Tensor bias, // [N]
            Tensor gate, // [N]
            Tensor scratch, // [M, N]
            Tensor out) { // [M, N]
        linear(x, weight, bias, Activation.NONE, scratch);
        addGated(scratch, gate, out);
    }

    /** {@code out = [x | y] weight^T + bias}: one linear layer of two inputs side by side. */
    void linearPair(
            Tensor x, // [M, K]
            Tensor y, // [M, L]
            Tensor weight, // [N, K + L], any float type
            @Nullable Tensor bias, // [N]
            Tensor out); // [M, N]

    /**
     * {@code out = layerNorm(x) * (1 + scale) + shift} over the last dimension, with {@code
     * layerNorm(x) = (x - mean) / sqrt(variance + eps) * weight + bias}; absent operands are left
     * out. The variance is the biased one. {@code scale} and {@code shift} come together or not at
     * all.
     */
    void layerNorm(
            Tensor x, // [M, C]
            @Nullable Tensor weight, // [C]
            @Nullable Tensor bias, // [C]
            float eps,
            @Nullable Tensor scale, // [C]
            @Nullable Tensor shift, // [C]
            Tensor out); // [M, C]

    /** {@code out = x / sqrt(mean(x^2) + eps) * weight} over the last dimension. */
    void rmsNorm(Tensor x, @Nullable Tensor weight, float eps, Tensor out); // [M, C], [C] -> [M, C]

    /** {@code out += gate * x}: a gated residual, the gate the same for all rows. */
    void addGated(Tensor x, Tensor gate, Tensor out); // [M, C], [C], [M, C]

    /**
     * Group normalisation of channels-last data over all of space, time and the channels of a
     * group, then, if given, the spatially varying {@code * scale + shift}, then {@code f}.
     *
     * <p>{@code scale} and {@code shift} may be coarser than {@code x}: pixel {@code (h, w)} of
     * frame {@code t} reads theirs at {@code (floor(h * Hs / H), floor(w * Ws / W))} of frame
     * {@code scaleFrame[t]} (nearest interpolation).
     *
     * <p>{@code out} may have a margin of {@code m} pixels, which become copies of the nearest.
     */
    void groupNorm(
            Tensor x, // [T, H, W, C]
            int groups,
            Tensor weight, // [C]
            Tensor bias, // [C]
            float eps,
            @Nullable Tensor scale, // [Ts, Hs, Ws, C]
            @Nullable Tensor shift, // [Ts, Hs, Ws, C]
            int @Nullable [] scaleFrame, // [T]
            Activation f,
            Tensor out); // [T, H + 2 m, W + 2 m, C]

    /**
     * Three-dimensional cross-correlation of channels-last data, valid in time (no padding: causal
     * callers put earlier frames in front), padded in space as {@code geometry} says.
     */
    void conv3d(
            Tensor x, // [T, H, W, Ci]
            Tensor weight, // [Co, Ci, kt, kh, kw], any float type
            @Nullable Tensor bias, // [Co]
            ConvGeometry geometry,
            Tensor out); // [(T - kt) / strideT + 1, Ho, Wo, Co]

    /**
     * {@code out += } a convolution as {@link #conv3d} makes it.
     *
     * @param scratch of the type of {@code out}; holds anything afterwards
     */
    default void conv3dAdd(
            Tensor x, // [T, H, W, Ci]
            Tensor weight, // [Co, Ci, kt, kh, kw], any float type
            @Nullable Tensor bias, // [Co]
            ConvGeometry geometry,
            Tensor scratch, // as out
            Tensor out) { // [(T - kt) / strideT + 1, Ho, Wo, Co]
        conv3d(x, weight, bias, geometry, scratch);
        axpby(1, scratch, 1, out, out);
    }

    /**
     * Enlarges frames, then convolves them to as many and as large ones: every pixel is repeated
     * {@code space} times both ways, every frame but the first {@code time} times; before the first
     * are copies of it, and around all what {@code border} says.
     *
     * @param scratch holds anything afterwards; what is enlarged, if there is no shorter way
     */
    default void convolveEnlarged(
            Tensor x, // [T, H, W, Ci]
            int time,
            int space,
            Tensor weight, // [Co, Ci, kt, k, k], k odd, any float type
            @Nullable Tensor bias, // [Co]
            Border border,
            Tensor scratch, // [(T - 1) time + kt, space H, space W, Ci]
            Tensor out) { // [(T - 1) time + 1, space H, space W, Co]
        int back = weight.size(2) - 1;
        int total = scratch.size(0);
        Tensor first = scratch.rows(back, back + 1);
        upsampleNearest(x.rows(0, 1), 1, space, first);
        if (x.size(0) > 1) {
            upsampleNearest(x.rows(1, x.size(0)), time, space, scratch.rows(back + 1, total));
        }
        for (int i = 0; i < back; i++) {
            convert(first, scratch.rows(i, i + 1));
        }
        int margin = weight.size(3) / 2;
        conv3d(
                scratch,
                weight,
                bias,
                new ConvGeometry(1, 1, margin, margin, margin, margin, border),
                out);
    }

    /** Repeats every frame {@code time} times and every pixel {@code space} times both ways. */
    void upsampleNearest(Tensor x, int time, int space, Tensor out); // [T, H, W, C]

    /** Means of pairs of successive frames. */
    void averageFramePairs(Tensor x, Tensor out); // [2 T, H, W, C] -> [T, H, W, C]

    /** Dimension {@code i} of {@code out} is dimension {@code order[i]} of {@code x}. */
    void permute(Tensor x, int[] order, Tensor out);

    /**
     * Splits heads, normalises each head's vector and rotates it, in one pass: {@code out[b, h,
     * outFrom + n] = rope(norm(x[b, n, h]))}; other tokens of {@code out} keep their values.
     *
     * <p>Rotation (interleaved pairs): {@code y[2i] = x[2i] cos[2i] - x[2i+1] sin[2i]}, {@code
     * y[2i+1] = x[2i+1] cos[2i+1] + x[2i] sin[2i+1]}, for tokens {@code ropeFrom .. ropeFrom + R}
     * of {@code x}; other tokens are not rotated.
     */
    void splitHeads(
            Tensor x, // [B, N, H, D]
            HeadNorm norm,
            @Nullable Tensor cos, // F32 [R, D]
            @Nullable Tensor sin, // F32 [R, D]
            int ropeFrom,
            int outFrom,
            Tensor out); // [B, H, at least outFrom + N, D]

    /** As above for all tokens of {@code out}. */
    default void splitHeads(
            Tensor x, // [B, N, H, D]
            HeadNorm norm,
            @Nullable Tensor cos, // F32 [R, D]
            @Nullable Tensor sin, // F32 [R, D]
            int ropeFrom,
            Tensor out) { // [B, H, N, D]
        splitHeads(x, norm, cos, sin, ropeFrom, 0, out);
    }

    /**
     * {@code out[b, n, h] = softmax(scale q k^T) v} over the keys that the plan keeps for the
     * head's kind; softmax in one pass over the keys, no score matrix. A query that keeps no key
     * gives zeros. Rows of {@code out} are in stored order whatever order the head attended in.
     */
    void attention(
            Tensor q, // [B, H, Nq, D]
            Tensor k, // [B, H, Nk, D]
            Tensor v, // [B, H, Nk, D]
            AttentionPlan plan,
            @Nullable Tensor kinds, // I32 [B, H], indices into plan.kinds()
            float scale,
            Tensor out); // [B, Nq, H, D]

    /**
     * How far each kind of the plan is from dense attention on some query rows. For rows {@code r},
     * given as stored positions (repeats allowed): {@code errors[j, b, h] = mean over r and D of
     * (O_j - O)^2}, where {@code O} is dense attention restricted to keys before {@code keyLimit}
     * and {@code O_j} attention by kind {@code j}. {@code kinds[b, h]} becomes the kind of least
     * error, the lower one in a tie; NaN counts as the greatest error. Where even the least is more
     * than {@code tolerance} times the mean of {@code O^2}, it becomes the number of kinds: none of
     * them will do.
     */
    void profile(
            Tensor q, // [B, H, N, D]
            Tensor k, // [B, H, N, D]
            Tensor v, // [B, H, N, D]
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            float scale,
            float tolerance, // infinity: the least will do
            Tensor errors, // F32 [kinds, B, H]
            Tensor kinds); // I32 [B, H]

    /**
     * Small attention with an additive bias: {@code out[n, h] = softmax(scale q k^T + bias[h]) v}.
     */
    void biasedAttention(
            Tensor q, // [N, H, D]
            Tensor k, // [N, H, D]
            Tensor v, // [N, H, D]
            Tensor bias, // F32 [H, N, N]
            float scale,
            Tensor out); // [N, H, D]

    /** Writes the number of elements of {@code x} that are NaN or infinite. */
    void countNonFinite(Tensor x, Tensor out); // I32 [1]

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

        public static final HeadNorm NONE = new HeadNorm(Kind.NONE, null, null, 0);
    }
}
