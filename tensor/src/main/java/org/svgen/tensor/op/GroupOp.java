package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Puts tokens of one label together, each head for itself, in ascending order within a label.
 * {@code order[m, p]} is the token at position {@code p}; {@code bounds[m]} where blocks of
 * positions begin and end. Tokens before {@code from} are the first block, if there are any; then
 * comes a block for each label, perhaps an empty one; then the tokens behind those with labels,
 * before {@code to}, if there are any. Tokens from {@code to} on keep their places and belong to no
 * block.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record GroupOp(
        Tensor labels, // I32 [M, n], of tokens from .. from + n
        int from,
        int to,
        Tensor bounds, // I32 [M, blocks + 1]
        Tensor order) // I32 [M, N]
        implements Op {
    public GroupOp {
        Check.rank("labels", labels, 2);
        Check.rank("bounds", bounds, 2);
        Check.rank("order", order, 2);
        Check.shape("bounds", bounds, labels.size(0), bounds.size(1));
        Check.shape("order", order, labels.size(0), order.size(1));
        Check.that(
                from >= 0 && from + labels.size(1) <= to && to <= order.size(1),
                "labels %s from %s to %s, order %s",
                labels,
                from,
                to,
                order);
        Check.that(
                bounds.size(1) > 1 + others(labels, from, to), "bounds %s have no label", bounds);
    }

    private static int others(Tensor labels, int from, int to) {
        return (from > 0 ? 1 : 0) + (to > from + labels.size(1) ? 1 : 0);
    }

    /** {@return the block of label 0} */
    public int first() {
        return from > 0 ? 1 : 0;
    }

    /** {@return how many labels there are} */
    public int clusters() {
        return bounds.size(1) - 1 - others(labels, from, to);
    }

    @Override
    public String name() {
        return "group";
    }

    @Override
    public GroupOp on(UnaryOperator<Tensor> tensors) {
        return new GroupOp(
                tensors.apply(labels), from, to, tensors.apply(bounds), tensors.apply(order));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), labels, bounds, order);
    }

    @Override
    public GroupOp part(double share) {
        return this;
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        int n = labels.size(1);
        return operand == labels
                ? Cut.repeated(labels.size(0), n, i -> (int) ((long) i * clusters() / n))
                : null;
    }
}
