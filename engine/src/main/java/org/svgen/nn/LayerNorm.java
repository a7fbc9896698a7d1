package org.svgen.nn;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.Ops;

/** Layer normalisation over the last dimension; weight and bias [C] or none. */
public record LayerNorm(@Nullable Tensor weight, @Nullable Tensor bias, float eps) {
    /** Reads {@code name.weight} and {@code name.bias}, or nothing if not {@code affine}. */
    public static LayerNorm load(
            WeightSource weights, String name, int channels, boolean affine, double eps) {
        return affine
                ? new LayerNorm(
                        weights.tensor(name + ".weight", channels),
                        weights.tensor(name + ".bias", channels),
                        (float) eps)
                : new LayerNorm(null, null, (float) eps);
    }

    public void apply(Ops ops, Tensor x, Tensor out) { // [M, C] -> [M, C]
        apply(ops, x, null, null, out);
    }

    /**
     * Adds {@code gate * x} to {@code sum}, then normalises that, then {@code * (1 + scale) +
     * shift}.
     *
     * @param gate the same for all rows; 1 if absent
     * @param out may be {@code x}
     */
    public void add(
            Ops ops,
            Tensor x,
            @Nullable Tensor gate,
            Tensor sum,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) { // all [M, C]; gate, scale and shift [C]
        ops.addNorm(x, gate, sum, weight, bias, eps, scale, shift, out);
    }

    /** Normalises, then {@code * (1 + scale) + shift}. */
    public void apply(
            Ops ops, Tensor x, @Nullable Tensor scale, @Nullable Tensor shift, Tensor out) {
        ops.layerNorm(x, weight, bias, eps, scale, shift, out);
    }

    /** The same for products. */
    public void apply(
            Ops ops, Tensor x, @Nullable Tensor scale, @Nullable Tensor shift, Normed out) {
        Tensor scales = out.scales();
        if (scales == null) {
            apply(ops, x, scale, shift, out.values());
        } else {
            ops.run(
                    new EightBitNormOp(
                            x, weight, bias, eps, scale, shift, out.type(), scales, out.values()));
        }
    }
}
