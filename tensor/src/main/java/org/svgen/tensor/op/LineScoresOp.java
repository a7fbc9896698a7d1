package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * What the lines through each pair of blocks are worth (MInference's vertical-slash pattern, arXiv
 * 2407.02490, in blocks): {@code scores[m, i, j]} is the greater of the worth of vertical line
 * {@code j} and of slash line {@code j - i}. A line is worth what the sampled queries on it give
 * its blocks of keys in the mean, by the half of the sample in which that is less: queries {@code
 * r} with {@code r % 4 = 0} are one half, with {@code r % 4 = 2} the other, and odd ones do not
 * count. A slash that a half has no query on is worth 0.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record LineScoresOp(
        Tensor shares, // F32 [M, R, C], of BlockSharesOp
        Tensor blocks, // I32 [R]: the block that each sampled query is in
        Tensor lines, // F32 [M, 3 C - 1]: verticals, then slashes from 1 - C to C - 1
        Tensor scores) // F32 [M, C, C]
        implements Op {
    public LineScoresOp {
        Check.rank("shares", shares, 3);
        Check.shape("blocks", blocks, shares.size(1));
        Check.shape("lines", lines, shares.size(0), 3L * shares.size(2) - 1);
        Check.shape("scores", scores, shares.size(0), shares.size(2), shares.size(2));
    }

    @Override
    public String name() {
        return "lineScores";
    }

    @Override
    public LineScoresOp on(UnaryOperator<Tensor> tensors) {
        return new LineScoresOp(
                tensors.apply(shares),
                tensors.apply(blocks),
                tensors.apply(lines),
                tensors.apply(scores));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), shares, blocks, lines, scores);
    }

    @Override
    public LineScoresOp part(double share) {
        return this;
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return operand == blocks ? Cut.repeated(1, blocks.size(0), r -> r % shares.size(2)) : null;
    }
}
