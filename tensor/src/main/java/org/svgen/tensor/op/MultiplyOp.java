package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Tensor;

/** {@code out = x * y}, elementwise; {@code out} may be {@code x} or {@code y}. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record MultiplyOp(Tensor x, Tensor y, Tensor out) implements Op { // same element counts
    public MultiplyOp {
        OpChecks.elementwise(x, y, out);
    }

    @Override
    public String name() {
        return "multiply";
    }

    @Override
    public MultiplyOp on(UnaryOperator<Tensor> tensors) {
        return new MultiplyOp(tensors.apply(x), tensors.apply(y), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, y, out);
    }

    @Override
    public MultiplyOp part(double share) {
        return new MultiplyOp(Cut.flat(x, share), Cut.flat(y, share), Cut.flat(out, share));
    }
}
