package org.svgen.nn;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/** {@code f(x weight^T + bias)}; weight [out, in], bias [out] or none. */
public record Linear(Weight weight, @Nullable Tensor bias) {
    /** Reads {@code name.weight} and, if {@code withBias}, {@code name.bias}. */
    public static Linear load(
            WeightSource weights, String name, int in, int out, boolean withBias) {
        return new Linear(
                weights.weight(name + ".weight", out, in),
                withBias ? weights.tensor(name + ".bias", out) : null);
    }

    public int outputs() {
        return weight.size(0);
    }

    public void apply(Ops ops, Tensor x, Tensor out) {
        apply(ops, x, Activation.NONE, out);
    }

    public void apply(Ops ops, Normed x, Tensor out) {
        apply(ops, x, Activation.NONE, out);
    }

    public void apply(Ops ops, Normed x, Activation f, Tensor out) { // [M, in] -> [M, out]
        ops.linear(x.values(), x.scales(), weight, bias, f, out);
    }

    public void apply(Ops ops, Tensor x, Activation f, Tensor out) { // [M, in] -> [M, out]
        ops.linear(x, weight, bias, f, out);
    }
}
