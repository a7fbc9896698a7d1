package org.svgen.tensor.op;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * The shapes that each operation of {@link Ops} takes, checked for every backend alike: what does
 * not agree is an {@link IllegalArgumentException}.
 */
@SuppressWarnings("doclint:missing") // parameters are those of Ops
public final class OpChecks {
    private OpChecks() {}

    public static void elementwise(Tensor x, Tensor out) {
        Check.elements("out", out, x.elements());
    }

    public static void elementwise(Tensor x, Tensor y, Tensor out) {
        Check.elements("y", y, x.elements());
        Check.elements("out", out, x.elements());
    }

    public static void embedding(Tensor ids, Tensor table, Tensor out) {
        Check.rank("ids", ids, 1);
        Check.rank("table", table, 2);
        Check.shape("out", out, ids.size(0), table.size(1));
    }

    public static void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Check.rank("weight", weight, 2);
        int k = weight.size(1);
        Check.that(x.size(-1) == k, "x is %s, weight %s", x, weight);
        product(Math.toIntExact(x.elements() / k), weight, bias, out);
    }

    public static void linearGated(Tensor weight, Tensor gate, Tensor scratch, Tensor out) {
        Check.shape("gate", gate, weight.size(0));
        Check.elements("out", out, scratch.elements());
    }

    public static void linearPair(
            Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, Tensor out) {
        Check.rank("weight", weight, 2);
        int k = x.size(-1);
        int l = y.size(-1);
        Check.that(weight.size(1) == k + l, "x is %s, y %s, weight %s", x, y, weight);
        int m = Math.toIntExact(x.elements() / k);
        Check.elements("y", y, (long) m * l);
        product(m, weight, bias, out);
    }

    private static void product(int m, Tensor weight, @Nullable Tensor bias, Tensor out) {
        int n = weight.size(0);
        Check.that(out.size(-1) == n, "out is %s, weight %s", out, weight);
        Check.elements("out", out, (long) m * n);
        Check.shape("bias", bias, n);
    }

    public static void layerNorm(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        int c = x.size(-1);
        Check.shape("weight", weight, c);
        Check.shape("bias", bias, c);
        Check.shape("scale", scale, c);
        Check.shape("shift", shift, c);
        Check.that((scale == null) == (shift == null), "scale and shift come together");
        rows(x, out);
    }

    public static void rmsNorm(Tensor x, @Nullable Tensor weight, Tensor out) {
        Check.shape("weight", weight, x.size(-1));
        rows(x, out);
    }

    private static void rows(Tensor x, Tensor out) {
        Check.that(out.size(-1) == x.size(-1), "out is %s, x %s", out, x);
        Check.elements("out", out, x.elements());
    }

    public static void addGated(Tensor x, Tensor gate, Tensor out) {
        Check.shape("gate", gate, x.size(-1));
        Check.elements("out", out, x.elements());
    }

    public static void groupNorm(
            Tensor x,
            int groups,
            Tensor weight,
            Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            int @Nullable [] scaleFrame,
            Tensor out) {
        Check.rank("x", x, 4);
        int c = x.size(3);
        Check.that(groups > 0 && c % groups == 0, "%s channels in %s groups", c, groups);
        Check.shape("weight", weight, c);
        Check.shape("bias", bias, c);
        int margin = Math.max(0, out.size(1) - x.size(1)) / 2 * 2;
        Check.shape("out", out, x.size(0), x.size(1) + margin, x.size(2) + margin, c);
        if (scale != null && shift != null && scaleFrame != null) {
            Check.rank("scale", scale, 4);
            Check.shape("shift", shift, scale.shape().dims());
            Check.that(scale.size(3) == c, "scale is %s, x %s", scale, x);
            Check.that(scaleFrame.length == x.size(0), "%s frames", scaleFrame.length);
        } else {
            Check.that(
                    scale == null && shift == null && scaleFrame == null,
                    "scale, shift and scaleFrame come together");
        }
    }

    public static void conv3d(
            Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        Check.rank("x", x, 4);
        Check.rank("weight", weight, 5);
        channels(x, weight, bias);
        Check.shape(
                "out",
                out,
                (x.size(0) - weight.size(2)) / g.strideTime() + 1,
                (x.size(1) + g.top() + g.bottom() - weight.size(3)) / g.strideSpace() + 1,
                (x.size(2) + g.left() + g.right() - weight.size(4)) / g.strideSpace() + 1,
                weight.size(0));
    }

    public static void convolveEnlarged(
            Tensor x, int time, int space, Tensor weight, @Nullable Tensor bias, Tensor out) {
        channels(x, weight, bias);
        Check.shape(
                "out",
                out,
                (x.size(0) - 1L) * time + 1,
                (long) x.size(1) * space,
                (long) x.size(2) * space,
                weight.size(0));
    }

    private static void channels(Tensor x, Tensor weight, @Nullable Tensor bias) {
        Check.that(weight.size(1) == x.size(3), "x is %s, weight %s", x, weight);
        Check.shape("bias", bias, weight.size(0));
    }

    public static void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        Check.rank("x", x, 4);
        Check.shape(
                "out",
                out,
                (long) x.size(0) * time,
                (long) x.size(1) * space,
                (long) x.size(2) * space,
                x.size(3));
    }

    public static void averageFramePairs(Tensor x, Tensor out) {
        Check.rank("out", out, 4);
        Check.shape("x", x, 2L * out.size(0), out.size(1), out.size(2), out.size(3));
    }

    public static void permute(Tensor x, int[] order, Tensor out) {
        Check.rank("x", x, order.length);
        Check.that(x.dtype() == out.dtype(), "x is %s, out %s", x, out);
        long[] dims = new long[order.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = x.size(order[i]);
        }
        Check.shape("out", out, dims);
    }

    public static void splitHeads(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
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
    }

    public static void attention(
            Tensor q, Tensor k, Tensor v, AttentionPlan plan, @Nullable Tensor kinds, Tensor out) {
        heads(q, k, v, plan);
        Check.shape("out", out, q.size(0), q.size(2), q.size(1), q.size(3));
        Check.shape("kinds", kinds, q.size(0), q.size(1));
    }

    public static void profile(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            Tensor errors,
            Tensor kinds) {
        heads(q, k, v, plan);
        Check.shape("errors", errors, plan.kinds().size(), q.size(0), q.size(1));
        Check.shape("kinds", kinds, q.size(0), q.size(1));
        Check.that(keyLimit >= 0 && keyLimit <= k.size(2), "keyLimit %s of %s", keyLimit, k);
        for (int row : rows) {
            Check.that(row >= 0 && row < q.size(2), "row %s of %s", row, q);
        }
    }

    private static void heads(Tensor q, Tensor k, Tensor v, AttentionPlan plan) {
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

    public static void biasedAttention(Tensor q, Tensor k, Tensor v, Tensor bias, Tensor out) {
        Check.rank("q", q, 3);
        Check.shape("k", k, q.shape().dims());
        Check.shape("v", v, q.shape().dims());
        Check.shape("bias", bias, q.size(1), q.size(0), q.size(0));
        Check.shape("out", out, q.shape().dims());
    }

    public static void countNonFinite(Tensor out) {
        Check.elements("out", out, 1);
    }
}
