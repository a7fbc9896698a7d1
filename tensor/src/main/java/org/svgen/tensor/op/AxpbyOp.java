package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Tensor;

/** {@code out = a x + b y}; {@code out} may be {@code x} or {@code y}. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AxpbyOp(float a, Tensor x, float b, Tensor y, Tensor out) // same element counts
        implements Op {
    public AxpbyOp {
        OpChecks.elementwise(x, y, out);
    }

    @Override
    public String name() {
        return "axpby";
    }

    @Override
    public AxpbyOp on(UnaryOperator<Tensor> tensors) {
        return new AxpbyOp(a, tensors.apply(x), b, tensors.apply(y), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, y, out);
    }

    @Override
    public AxpbyOp part(double share) {
        return new AxpbyOp(a, Cut.flat(x, share), b, Cut.flat(y, share), Cut.flat(out, share));
    }
}
