package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * The mean of the rows of each block: {@code out[b, h, c] = mean of x[b, h, n] over the tokens n of
 * block c}, summed in an order that depends on positions alone; zeros where a block is empty.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BlockMeansOp(
        Tensor x, // [B, H, N, D]
        TokenBlocks blocks,
        @Nullable Tensor which, // I32 [B, H]: the map of each head; none: each has its own
        Tensor out) // [B, H, blocks, D]
        implements Op {
    public BlockMeansOp {
        Check.rank("x", x, 4);
        Check.shape("which", which, x.size(0), x.size(1));
        blocks.check("x", x.size(2), which, x);
        Check.shape("out", out, x.size(0), x.size(1), blocks.count(), x.size(3));
    }

    @Override
    public String name() {
        return "blockMeans";
    }

    @Override
    public BlockMeansOp on(UnaryOperator<Tensor> tensors) {
        return new BlockMeansOp(
                tensors.apply(x),
                blocks.on(tensors),
                Operands.on(which, tensors),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, blocks.bounds(), blocks.order(), which, out);
    }

    /** Fewer heads. */
    @Override
    public BlockMeansOp part(double share) {
        Tensor few = Cut.heads(x, share);
        int left = few.size(1);
        return new BlockMeansOp(
                few,
                blocks.part(which == null ? left : blocks.maps(), x.size(2)),
                which == null ? null : Tensor.phantom(which.dtype(), 1, left),
                Cut.heads(out, share));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        if (operand == which) {
            return Cut.repeated(1, Math.toIntExact(operand.elements()), i -> i % blocks.maps());
        }
        return blocks.numbers(operand, x.size(2));
    }
}
