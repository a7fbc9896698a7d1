package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** {@code out = f(x / sqrt(mean(x^2) + eps) * weight)} over the last dimension. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record RmsNormOp(
        Tensor x, // [M, C]
        @Nullable Tensor weight, // [C]
        float eps,
        Activation f,
        Tensor out) // [M, C]
        implements Op {
    public RmsNormOp {
        Check.shape("weight", weight, x.size(-1));
        OpChecks.rows(x, out);
    }

    @Override
    public String name() {
        return "rmsNorm";
    }

    @Override
    public RmsNormOp on(UnaryOperator<Tensor> tensors) {
        return new RmsNormOp(
                tensors.apply(x), Operands.on(weight, tensors), eps, f, tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, weight, f, out);
    }

    @Override
    public RmsNormOp part(double share) {
        return new RmsNormOp(Cut.along(0, x, share), weight, eps, f, Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        return Operands.variant(f);
    }
}
