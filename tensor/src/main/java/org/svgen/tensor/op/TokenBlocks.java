package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * How the tokens of heads are cut into blocks: block {@code c} holds positions {@code bounds[c]} to
 * {@code bounds[c + 1]}, excluded, and may be empty. A position outside all blocks, such as one of
 * padding, belongs to none. All is data of the device, so that a device can decide it.
 *
 * @param bounds I32 [maps, blocks + 1], ascending, from 0 to the number of tokens
 * @param order I32 [maps, tokens]: where the token at a position is stored, each once; none where
 *     tokens stand as they are stored
 */
public record TokenBlocks(Tensor bounds, @Nullable Tensor order) {
    /** Checks that there are bounds, and as many orders. */
    public TokenBlocks {
        Check.rank("bounds", bounds, 2);
        Check.that(bounds.size(1) >= 1, "bounds are %s", bounds);
        if (order != null) {
            Check.rank("order", order, 2);
            Check.that(order.size(0) == bounds.size(0), "order is %s, bounds %s", order, bounds);
        }
    }

    /** {@return how many ways of cutting there are} */
    public int maps() {
        return bounds.size(0);
    }

    /** {@return how many blocks each has} */
    public int count() {
        return bounds.size(1) - 1;
    }

    /** Refuses an order of another number of tokens, and heads that lack a map. */
    void check(String what, int tokens, @Nullable Tensor which, Tensor heads) {
        Check.that(
                order == null || order.size(1) == tokens,
                "order of %s is %s, expected %s tokens",
                what,
                order == null ? "" : order,
                tokens);
        int all = heads.size(0) * heads.size(1);
        Check.that(which != null || maps() == all, "%s maps of %s for %s heads", maps(), what, all);
    }

    TokenBlocks on(UnaryOperator<Tensor> tensors) {
        return new TokenBlocks(tensors.apply(bounds), Operands.on(order, tensors));
    }

    /** Of the first {@code maps}, and {@code tokens} of each. */
    TokenBlocks part(int maps, int tokens) {
        Tensor few = order == null ? null : Tensor.phantom(order.dtype(), maps, tokens);
        return new TokenBlocks(Cut.resized(bounds, 0, maps), few);
    }

    /** What {@link Op#numbers} gives for an operand of these: equal blocks of tokens in order. */
    int @Nullable [] numbers(Tensor operand, int tokens) {
        if (operand == bounds) {
            return Cut.repeated(maps(), count() + 1, c -> (int) ((long) tokens * c / count()));
        }
        return operand == order ? Cut.repeated(maps(), tokens, i -> i) : null;
    }
}
