package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * A residual and the norm behind it: {@code sum += gate * x}, the gate the same for all rows and 1
 * if absent, then {@code out} as {@link LayerNormOp} makes it of {@code sum}. {@code out} may be
 * {@code x}.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AddNormOp(
        Tensor x, // [M, C]
        @Nullable Tensor gate, // [C]
        Tensor sum, // [M, C]
        @Nullable Tensor weight, // [C]
        @Nullable Tensor bias, // [C]
        float eps,
        @Nullable Tensor scale, // [C]
        @Nullable Tensor shift, // [C]
        Tensor out) // [M, C]
        implements Op {
    public AddNormOp {
        Check.shape("gate", gate, x.size(-1));
        Check.that(sum.size(-1) == x.size(-1), "sum is %s, x %s", sum, x);
        Check.elements("sum", sum, x.elements());
        norm(sum, weight, bias, eps, scale, shift, out);
    }

    private static LayerNormOp norm(
            Tensor sum,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        return new LayerNormOp(sum, weight, bias, eps, scale, shift, out);
    }

    /** {@return operations that do the same one after the other, where there is no shorter way} */
    public List<Op> steps() {
        return List.of(
                gate == null ? new AxpbyOp(1, x, 1, sum, sum) : new AddGatedOp(x, gate, sum),
                norm(sum, weight, bias, eps, scale, shift, out));
    }

    @Override
    public String name() {
        return "addNorm";
    }

    @Override
    public AddNormOp on(UnaryOperator<Tensor> tensors) {
        return new AddNormOp(
                tensors.apply(x),
                Operands.on(gate, tensors),
                tensors.apply(sum),
                Operands.on(weight, tensors),
                Operands.on(bias, tensors),
                eps,
                Operands.on(scale, tensors),
                Operands.on(shift, tensors),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, gate, sum, weight, bias, scale, shift, out);
    }

    @Override
    public double bytes() {
        return Operands.bytes(tensors()) + sum.bytes();
    }

    @Override
    public AddNormOp part(double share) {
        return new AddNormOp(
                Cut.along(0, x, share),
                gate,
                Cut.along(0, sum, share),
                weight,
                bias,
                eps,
                scale,
                shift,
                Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        String gated = gate == null ? "" : "gated";
        if (scale == null) {
            return gated;
        }
        return gated.isEmpty() ? "modulated" : gated + ", modulated";
    }
}
