package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * {@code out = layerNorm(x) * (1 + scale) + shift} over the last dimension, with {@code
 * layerNorm(x) = (x - mean) / sqrt(variance + eps) * weight + bias}; absent operands are left out.
 * The variance is the biased one. {@code scale} and {@code shift} come together or not at all.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record LayerNormOp(
        Tensor x, // [M, C]
        @Nullable Tensor weight, // [C]
        @Nullable Tensor bias, // [C]
        float eps,
        @Nullable Tensor scale, // [C]
        @Nullable Tensor shift, // [C]
        Tensor out) // [M, C]
        implements Op {
    public LayerNormOp {
        check(x, weight, bias, scale, shift, out);
    }

    /** What all norms of layers ask of their operands. */
    static void check(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        int c = x.size(-1);
        Check.shape("weight", weight, c);
        Check.shape("bias", bias, c);
        Check.shape("scale", scale, c);
        Check.shape("shift", shift, c);
        Check.that((scale == null) == (shift == null), "scale and shift come together");
        OpChecks.rows(x, out);
    }

    @Override
    public String name() {
        return "layerNorm";
    }

    @Override
    public LayerNormOp on(UnaryOperator<Tensor> tensors) {
        return new LayerNormOp(
                tensors.apply(x),
                Operands.on(weight, tensors),
                Operands.on(bias, tensors),
                eps,
                Operands.on(scale, tensors),
                Operands.on(shift, tensors),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, weight, bias, scale, shift, out);
    }

    @Override
    public LayerNormOp part(double share) {
        return new LayerNormOp(
                Cut.along(0, x, share), weight, bias, eps, scale, shift, Cut.along(0, out, share));
    }

    @Override
    public String variant() {
        return scale == null ? "" : "modulated";
    }
}
