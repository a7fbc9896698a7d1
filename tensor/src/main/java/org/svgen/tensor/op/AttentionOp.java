package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * {@code out[b, n, h] = softmax(scale q k^T) v} over the keys that the plan keeps for the head's
 * kind; softmax in one pass over the keys, no score matrix. A query that keeps no key gives zeros.
 * Rows of {@code out} are in stored order whatever order the head attended in.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AttentionOp(
        Tensor q, // [B, H, Nq, D]
        Tensor k, // [B, H, Nk, D]
        Tensor v, // [B, H, Nk, D]
        AttentionPlan plan,
        @Nullable Tensor kinds, // I32 [B, H], indices into plan.kinds()
        float scale,
        AttentionPrecision precision,
        Tensor out) // [B, Nq, H, D]
        implements Op {
    private static final double DENSE = 0.95; // what a dense plan leaves out is padding
    private static final int LEAST_TOKENS = 16; // of a part

    public AttentionOp {
        OpChecks.heads(q, k, v, plan);
        Check.shape("out", out, q.size(0), q.size(2), q.size(1), q.size(3));
        Check.shape("kinds", kinds, q.size(0), q.size(1));
    }

    /** In full precision. */
    public AttentionOp(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        this(q, k, v, plan, kinds, scale, AttentionPrecision.FULL, out);
    }

    @Override
    public String name() {
        return "attention";
    }

    @Override
    public AttentionOp on(UnaryOperator<Tensor> tensors) {
        return new AttentionOp(
                tensors.apply(q),
                tensors.apply(k),
                tensors.apply(v),
                plan,
                Operands.on(kinds, tensors),
                scale,
                precision,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), q, k, v, plan, kinds, precision, out);
    }

    @Override
    public double operations() {
        double elements = (double) q.elements() / q.size(2); // of q for one token
        return 4 * elements * plan.pairs(kinds != null);
    }

    /** Fewer heads; where one is too much, fewer tokens, which attend densely. */
    @Override
    public AttentionOp part(double share) {
        double heads = (double) q.size(0) * q.size(1);
        return heads * share < 1 ? tokens(heads * share) : heads(share);
    }

    private AttentionOp heads(double share) {
        Tensor few = Cut.heads(q, share);
        int left = few.size(1);
        return new AttentionOp(
                few,
                Cut.heads(k, share),
                Cut.heads(v, share),
                plan,
                kinds == null ? null : Tensor.phantom(DType.I32, 1, left),
                scale,
                precision,
                Tensor.phantom(out.dtype(), 1, q.size(2), left, q.size(3)));
    }

    /** As many tokens of one head as make up {@code ofHead} of its pairs. */
    private AttentionOp tokens(double ofHead) {
        double pairs = plan.pairs(kinds != null) * ofHead;
        int all = q.size(2);
        int n = (int) Math.clamp(Math.sqrt(pairs), Math.min(LEAST_TOKENS, all), all);
        int d = q.size(3);
        return new AttentionOp(
                Tensor.phantom(q.dtype(), 1, 1, n, d),
                Tensor.phantom(k.dtype(), 1, 1, n, d),
                Tensor.phantom(v.dtype(), 1, 1, n, d),
                AttentionPlan.dense(n, n),
                null,
                scale,
                precision,
                Tensor.phantom(out.dtype(), 1, n, 1, d));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        if (operand != kinds) {
            return null;
        }
        int count = plan.usual().size();
        return IntStream.range(0, Math.toIntExact(kinds.elements()))
                .map(head -> plan.usual().get(head % count))
                .toArray();
    }

    @Override
    public String variant() {
        double density = plan.density(kinds != null);
        String kept = kinds == null && density > DENSE ? "dense" : "kept %.2f".formatted(density);
        return precision == AttentionPrecision.FULL ? kept : kept + ", 8 bits";
    }
}
