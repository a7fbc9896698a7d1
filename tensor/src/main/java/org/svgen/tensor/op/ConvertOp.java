package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Tensor;

/** {@code out = x}, rounded to the type of {@code out}; any two floating point types. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ConvertOp(Tensor x, Tensor out) implements Op { // same element count
    public ConvertOp {
        OpChecks.elementwise(x, out);
    }

    @Override
    public String name() {
        return "convert";
    }

    @Override
    public ConvertOp on(UnaryOperator<Tensor> tensors) {
        return new ConvertOp(tensors.apply(x), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, out);
    }

    @Override
    public ConvertOp part(double share) {
        return new ConvertOp(Cut.flat(x, share), Cut.flat(out, share));
    }
}
