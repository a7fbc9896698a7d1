package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * How far {@code x} is from {@code y}: {@code out[p]} is the sum of {@code |x - y|} over the p-th
 * share of the elements, of {@code |x|} without {@code y}. Share {@code p} of {@code P} are the
 * elements {@code p n / P} up to {@code (p + 1) n / P}, rounded down. The order of each sum is
 * fixed: the same operands give the same bits.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record DistanceOp(Tensor x, @Nullable Tensor y, Tensor out) // out is F32 [P]
        implements Op {
    public DistanceOp {
        if (y != null) {
            Check.elements("y", y, x.elements());
        }
        Check.rank("out", out, 1);
    }

    /**
     * The first element of a share.
     *
     * @param share which share
     * @param shares how many there are
     * @param elements of the operand
     */
    public static long start(int share, int shares, long elements) {
        return share * elements / shares;
    }

    @Override
    public String name() {
        return "distance";
    }

    @Override
    public DistanceOp on(UnaryOperator<Tensor> tensors) {
        return new DistanceOp(tensors.apply(x), Operands.on(y, tensors), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, y, out);
    }

    @Override
    public DistanceOp part(double share) {
        return new DistanceOp(Cut.flat(x, share), y == null ? null : Cut.flat(y, share), out);
    }
}
