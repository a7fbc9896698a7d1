package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Writes the number of elements of {@code x} that are NaN or infinite. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record CountNonFiniteOp(Tensor x, Tensor out) implements Op { // out is I32 [1]
    public CountNonFiniteOp {
        Check.elements("out", out, 1);
    }

    @Override
    public String name() {
        return "countNonFinite";
    }

    @Override
    public CountNonFiniteOp on(UnaryOperator<Tensor> tensors) {
        return new CountNonFiniteOp(tensors.apply(x), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, out);
    }

    @Override
    public CountNonFiniteOp part(double share) {
        return new CountNonFiniteOp(Cut.flat(x, share), out);
    }
}
