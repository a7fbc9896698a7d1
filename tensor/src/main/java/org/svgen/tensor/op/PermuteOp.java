package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Dimension {@code i} of {@code out} is dimension {@code order[i]} of {@code x}; of one type. */
@SuppressWarnings("doclint:missing") // the shapes are told above
public record PermuteOp(Tensor x, int[] order, Tensor out) implements Op {
    public PermuteOp {
        Check.rank("x", x, order.length);
        Check.that(x.dtype() == out.dtype(), "x is %s, out %s", x, out);
        long[] dims = new long[order.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = x.size(order[i]);
        }
        Check.shape("out", out, dims);
    }

    @Override
    public String name() {
        return "permute";
    }

    @Override
    public PermuteOp on(UnaryOperator<Tensor> tensors) {
        return new PermuteOp(tensors.apply(x), order, tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, out);
    }

    @Override
    public PermuteOp part(double share) {
        return this;
    }
}
