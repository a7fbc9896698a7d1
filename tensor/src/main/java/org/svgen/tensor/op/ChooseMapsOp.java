package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Gives each head the pattern that keeps most of the attention of sampled queries: {@code which[b,
 * h] = p S + m} for head {@code m = b H + h}, where pattern {@code p} has the greatest sum of
 * {@code shares[m, r, j]} over the odd {@code r} and the blocks {@code j} that map {@code p S + m}
 * keeps for the query's block; the first of equals.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ChooseMapsOp(
        Tensor shares, // F32 [B * H, R, C], of BlockSharesOp
        Tensor blocks, // I32 [R]: the block that each sampled query is in
        Tensor bits, // I32 [patterns * S, blocks, words] as of BlockMap, S >= B * H
        int patterns,
        int first, // the block that is block 0 of the shares, of queries and of keys
        Tensor which) // I32 [B, H]
        implements Op {
    public ChooseMapsOp {
        Check.rank("shares", shares, 3);
        Check.shape("blocks", blocks, shares.size(1));
        Check.rank("which", which, 2);
        Check.shape("which", which, which.size(0), shares.size(0) / which.size(0));
        Check.that(which.elements() == shares.size(0), "which is %s, shares are %s", which, shares);
        Check.rank("bits", bits, 3);
        int words = BlockMap.words(bits.size(1));
        Check.shape("bits", bits, bits.size(0), bits.size(1), words);
        Check.that(
                patterns > 0
                        && bits.size(0) % patterns == 0
                        && bits.size(0) / patterns >= shares.size(0),
                "%s patterns of %s heads, bits are %s",
                patterns,
                shares.size(0),
                bits);
        Check.that(
                first >= 0 && first + shares.size(2) <= bits.size(1),
                "blocks %s to %s, bits are %s",
                first,
                first + shares.size(2),
                bits);
    }

    @Override
    public String name() {
        return "chooseMaps";
    }

    @Override
    public ChooseMapsOp on(UnaryOperator<Tensor> tensors) {
        return new ChooseMapsOp(
                tensors.apply(shares),
                tensors.apply(blocks),
                tensors.apply(bits),
                patterns,
                first,
                tensors.apply(which));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), shares, blocks, bits, patterns, which);
    }

    @Override
    public ChooseMapsOp part(double share) {
        return this;
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return operand == blocks ? Cut.repeated(1, blocks.size(0), r -> r % shares.size(2)) : null;
    }
}
