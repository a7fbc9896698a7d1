package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** {@code out = [x | y] weight^T + bias}: one linear layer of two inputs side by side. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record LinearPairOp(
        Tensor x, // [M, K]
        Tensor y, // [M, L]
        Weight weight, // [N, K + L], any float type
        @Nullable Tensor bias, // [N]
        Tensor out) // [M, N]
        implements Op {
    public LinearPairOp {
        Check.rank("weight", weight.values(), 2);
        int k = x.size(-1);
        int l = y.size(-1);
        Check.that(weight.size(1) == k + l, "x is %s, y %s, weight %s", x, y, weight);
        int m = Math.toIntExact(x.elements() / k);
        Check.elements("y", y, (long) m * l);
        OpChecks.product(m, weight, bias, out);
    }

    @Override
    public String name() {
        return "linearPair";
    }

    @Override
    public LinearPairOp on(UnaryOperator<Tensor> tensors) {
        return new LinearPairOp(
                tensors.apply(x),
                tensors.apply(y),
                weight.on(tensors),
                Operands.on(bias, tensors),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, y, weight, bias, out);
    }

    @Override
    public double operations() {
        return 2.0 * out.elements() * weight.size(-1);
    }

    @Override
    public LinearPairOp part(double share) {
        return new LinearPairOp(
                Cut.along(0, x, share),
                Cut.along(0, y, share),
                weight,
                bias,
                Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        return Operands.variant(Activation.NONE, weight);
    }
}
