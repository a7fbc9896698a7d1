package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Tensor;

/** Every element of {@code out} becomes {@code value}, a whole number where these are I32. */
@SuppressWarnings("doclint:missing") // no shape is wrong
public record FillOp(float value, Tensor out) implements Op {

    @Override
    public String name() {
        return "fill";
    }

    @Override
    public FillOp on(UnaryOperator<Tensor> tensors) {
        return new FillOp(value, tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), out);
    }

    @Override
    public FillOp part(double share) {
        return new FillOp(value, Cut.flat(out, share));
    }
}
