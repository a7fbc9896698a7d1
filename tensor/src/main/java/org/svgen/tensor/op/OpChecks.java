package org.svgen.tensor.op;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Checks that several operations share. */
final class OpChecks {
    private OpChecks() {}

    static void elementwise(Tensor x, Tensor out) {
        Check.elements("out", out, x.elements());
    }

    static void elementwise(Tensor x, Tensor y, Tensor out) {
        Check.elements("y", y, x.elements());
        Check.elements("out", out, x.elements());
    }

    /** Of {@code m} rows times the transposed weight. */
    static void product(int m, Weight weight, @Nullable Tensor bias, Tensor out) {
        int n = weight.size(0);
        Check.that(out.size(-1) == n, "out is %s, weight %s", out, weight);
        Check.elements("out", out, (long) m * n);
        Check.shape("bias", bias, n);
    }

    /** The same rows, in whatever leading dimensions. */
    static void rows(Tensor x, Tensor out) {
        Check.that(out.size(-1) == x.size(-1), "out is %s, x %s", out, x);
        Check.elements("out", out, x.elements());
    }

    static void convolution(
            Tensor x, Weight weight, @Nullable Tensor bias, Ops.ConvGeometry g, Tensor out) {
        Check.rank("x", x, 4);
        channels(x, weight, bias);
        Check.shape(
                "out",
                out,
                (x.size(0) - weight.size(2)) / g.strideTime() + 1,
                (x.size(1) + g.top() + g.bottom() - weight.size(3)) / g.strideSpace() + 1,
                (x.size(2) + g.left() + g.right() - weight.size(4)) / g.strideSpace() + 1,
                weight.size(0));
    }

    static void channels(Tensor x, Weight weight, @Nullable Tensor bias) {
        Check.rank("weight", weight.values(), 5);
        Check.that(weight.size(1) == x.size(3), "x is %s, weight %s", x, weight);
        Check.that(weight.inputs() == Weight.Inputs.FULL, "a filter is %s", weight);
        Check.shape("bias", bias, weight.size(0));
    }

    /** Queries, keys and values as the plan wants them. */
    static void heads(Tensor q, Tensor k, Tensor v, AttentionPlan plan) {
        Check.rank("q", q, 4);
        Check.rank("k", k, 4);
        Check.shape("k", k, q.size(0), q.size(1), k.size(2), q.size(3));
        Check.shape("v", v, k.shape().dims());
        KeyPattern pattern = plan.kinds().getFirst().pattern();
        Check.that(
                pattern.queries() == q.size(2) && pattern.keys() == k.size(2),
                "pattern of %s x %s, q %s, k %s",
                pattern.queries(),
                pattern.keys(),
                q,
                k);
    }
}
