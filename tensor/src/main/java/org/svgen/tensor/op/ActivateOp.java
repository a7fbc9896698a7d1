package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Tensor;

/** {@code out = f(x)}, elementwise; {@code out} may be {@code x}. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ActivateOp(Activation f, Tensor x, Tensor out) implements Op { // same element count
    public ActivateOp {
        OpChecks.elementwise(x, out);
    }

    @Override
    public String name() {
        return "activate";
    }

    @Override
    public ActivateOp on(UnaryOperator<Tensor> tensors) {
        return new ActivateOp(f, tensors.apply(x), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), f, x, out);
    }

    @Override
    public ActivateOp part(double share) {
        return new ActivateOp(f, Cut.flat(x, share), Cut.flat(out, share));
    }

    @Override
    public String variant() {
        return Operands.variant(f);
    }
}
