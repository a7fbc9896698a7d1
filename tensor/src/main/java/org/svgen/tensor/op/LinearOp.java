package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * {@code out = f(x weight^T + bias)}, torch's Linear. With {@code scales}, {@code x} is rows that
 * an {@link EightBitNormOp} has rounded, for a weight of inputs in 8 bits.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record LinearOp(
        Tensor x, // [M, K]
        @Nullable Tensor scales, // F32 [M], where x is F8_E4M3
        Weight weight, // [N, K], any float type
        @Nullable Tensor bias, // [N]
        Activation f,
        Tensor out) // [M, N]
        implements Op {
    public LinearOp {
        Check.rank("weight", weight.values(), 2);
        int k = weight.size(1);
        Check.that(x.size(-1) == k, "x is %s, weight %s", x, weight);
        int m = Math.toIntExact(x.elements() / k);
        OpChecks.product(m, weight, bias, out);
        if (scales != null) {
            Check.elements("scales", scales, m);
            Check.that(
                    x.dtype() == DType.F8_E4M3
                            && scales.dtype() == DType.F32
                            && weight.inputs() == Weight.Inputs.EIGHT_BITS,
                    "x is %s with scales of %s, weight %s, expected f8_e4m3 with scales of f32 and"
                            + " a weight of inputs in 8 bits",
                    x,
                    scales,
                    weight);
        }
    }

    /** Of rows as they are. */
    public LinearOp(Tensor x, Weight weight, @Nullable Tensor bias, Activation f, Tensor out) {
        this(x, null, weight, bias, f, out);
    }

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public LinearOp on(UnaryOperator<Tensor> tensors) {
        return new LinearOp(
                tensors.apply(x),
                Operands.on(scales, tensors),
                weight.on(tensors),
                Operands.on(bias, tensors),
                f,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, scales, weight, bias, f, out);
    }

    @Override
    public double operations() {
        return 2.0 * out.elements() * weight.size(-1);
    }

    @Override
    public LinearOp part(double share) {
        return new LinearOp(
                Cut.along(0, x, share),
                scales == null ? null : Cut.along(0, scales, share),
                weight,
                bias,
                f,
                Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        return Operands.variant(f, weight);
    }
}
