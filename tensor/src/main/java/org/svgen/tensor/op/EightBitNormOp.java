package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;

/**
 * Rows as {@link LayerNormOp} makes them, as products in 8 bits take them: rounded to {@code type},
 * then divided by a scale of each row ({@link Float8#scale}) and rounded to e4m3. A {@link
 * LinearOp} of {@code out} and {@code scales} gives the bits that it gives of the rows in {@code
 * type}.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record EightBitNormOp(
        Tensor x, // [M, C]
        @Nullable Tensor weight, // [C]
        @Nullable Tensor bias, // [C]
        float eps,
        @Nullable Tensor scale, // [C]
        @Nullable Tensor shift, // [C]
        DType type, // F32 or that of the backend's activations
        Tensor scales, // F32 [M]
        Tensor out) // F8_E4M3 [M, C]
        implements Op {
    public EightBitNormOp {
        LayerNormOp.check(x, weight, bias, scale, shift, out);
        Check.that(
                out.dtype() == DType.F8_E4M3 && scales.dtype() == DType.F32,
                "out is %s with scales of %s, expected f8_e4m3 with scales of f32",
                out,
                scales);
        Check.elements("scales", scales, x.elements() / x.size(-1));
        Check.that(
                type == DType.F32 || type == DType.F16 || type == DType.BF16,
                "rows of %s are not rounded to 8 bits",
                type);
    }

    /**
     * {@return the norm alone, without 8 bits}
     *
     * @param into of {@link #type} [M, C]
     */
    public LayerNormOp norm(Tensor into) {
        return new LayerNormOp(x, weight, bias, eps, scale, shift, into);
    }

    @Override
    public String name() {
        return "eightBitNorm";
    }

    @Override
    public EightBitNormOp on(UnaryOperator<Tensor> tensors) {
        return new EightBitNormOp(
                tensors.apply(x),
                Operands.on(weight, tensors),
                Operands.on(bias, tensors),
                eps,
                Operands.on(scale, tensors),
                Operands.on(shift, tensors),
                type,
                tensors.apply(scales),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, weight, bias, scale, shift, type, scales, out);
    }

    @Override
    public EightBitNormOp part(double share) {
        return new EightBitNormOp(
                Cut.along(0, x, share),
                weight,
                bias,
                eps,
                scale,
                shift,
                type,
                Cut.along(0, scales, share),
                Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        return scale == null ? "" : "modulated";
    }
}
