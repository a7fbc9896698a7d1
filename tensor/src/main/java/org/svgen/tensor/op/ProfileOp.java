package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * How far each kind of the plan is from dense attention on some query rows. For rows {@code r},
 * given as stored positions (repeats allowed): {@code errors[j, b, h] = mean over r and D of (O_j -
 * O)^2}, where {@code O} is dense attention restricted to keys before {@code keyLimit} and {@code
 * O_j} attention by kind {@code j}; {@code energies[b, h]} becomes the mean of {@code O^2}. {@link
 * ChooseKindsOp} chooses by them. Where this is a part of a profile of more heads, sums are added
 * up in the order in which the whole would add them.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ProfileOp(
        Tensor q, // [B, H, N, D]
        Tensor k, // [B, H, N, D]
        Tensor v, // [B, H, N, D]
        int[] rows,
        AttentionPlan plan,
        int keyLimit,
        float scale,
        Tensor errors, // F32 [kinds, B, H]
        Tensor energies, // F32 [B, H]
        int wholeHeads) // of all elements of the batch, where this is a part; else B H
        implements Op {
    /** Of all heads. */
    public ProfileOp(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            float scale,
            Tensor errors,
            Tensor energies) {
        this(
                q,
                k,
                v,
                rows,
                plan,
                keyLimit,
                scale,
                errors,
                energies,
                Math.max(1, q.size(0)) * Math.max(1, q.size(1)));
    }

    public ProfileOp {
        Check.that(wholeHeads > 0, "%s heads in all", wholeHeads);
        OpChecks.heads(q, k, v, plan);
        Check.that(
                plan.kinds().size() <= KeyWalk.MOST_KINDS,
                "%s kinds, expected at most %s",
                plan.kinds().size(),
                KeyWalk.MOST_KINDS);
        Check.shape("errors", errors, plan.kinds().size(), q.size(0), q.size(1));
        Check.shape("energies", energies, q.size(0), q.size(1));
        Check.that(keyLimit >= 0 && keyLimit <= k.size(2), "keyLimit %s of %s", keyLimit, k);
        for (int row : rows) {
            Check.that(row >= 0 && row < q.size(2), "row %s of %s", row, q);
        }
    }

    @Override
    public String name() {
        return "profile";
    }

    @Override
    public ProfileOp on(UnaryOperator<Tensor> tensors) {
        return new ProfileOp(
                tensors.apply(q),
                tensors.apply(k),
                tensors.apply(v),
                rows,
                plan,
                keyLimit,
                scale,
                tensors.apply(errors),
                tensors.apply(energies),
                wholeHeads);
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), q, k, v, plan, errors, energies);
    }

    @Override
    public double operations() {
        double kept = 1 + plan.kinds().size() * plan.density(true);
        double elements = (double) q.elements() / q.size(2); // of q for one token
        return 4 * elements * rows.length * kept * k.size(2);
    }

    /** Of the queries only those that are sampled. */
    @Override
    public double bytes() {
        double kept = (double) rows.length / q.size(2);
        return Operands.bytes(tensors()) - q.bytes() * Math.max(0, 1 - kept);
    }

    /** Fewer heads. */
    @Override
    public ProfileOp part(double share) {
        Tensor few = Cut.heads(q, share);
        int left = few.size(1);
        return new ProfileOp(
                few,
                Cut.heads(k, share),
                Cut.heads(v, share),
                rows,
                plan,
                keyLimit,
                scale,
                Tensor.phantom(errors.dtype(), errors.size(0), 1, left),
                Tensor.phantom(energies.dtype(), 1, left));
    }
}
