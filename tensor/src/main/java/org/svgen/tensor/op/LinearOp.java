package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** {@code out = f(x weight^T + bias)}, torch's Linear. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record LinearOp(
        Tensor x, // [M, K]
        Weight weight, // [N, K], any float type
        @Nullable Tensor bias, // [N]
        Activation f,
        Tensor out) // [M, N]
        implements Op {
    public LinearOp {
        Check.rank("weight", weight.values(), 2);
        int k = weight.size(1);
        Check.that(x.size(-1) == k, "x is %s, weight %s", x, weight);
        OpChecks.product(Math.toIntExact(x.elements() / k), weight, bias, out);
    }

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public LinearOp on(UnaryOperator<Tensor> tensors) {
        return new LinearOp(
                tensors.apply(x),
                weight.on(tensors),
                Operands.on(bias, tensors),
                f,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, weight, bias, f, out);
    }

    @Override
    public double operations() {
        return 2.0 * out.elements() * weight.size(-1);
    }

    @Override
    public LinearOp part(double share) {
        return new LinearOp(Cut.along(0, x, share), weight, bias, f, Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        return Operands.variant(f, weight);
    }
}
