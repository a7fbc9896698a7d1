package org.svgen.vae;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Group normalisation over all frames of a pass. */
public record GroupNorm(Tensor weight, Tensor bias, int groups, float eps) implements VaeNorm {
    public static GroupNorm load(
            WeightSource w, String name, int channels, int groups, double eps) {
        return new GroupNorm(
                w.tensor(name + ".weight", channels),
                w.tensor(name + ".bias", channels),
                groups,
                (float) eps);
    }

    @Override
    public void apply(Pass pass, Tensor x, Activation f, Tensor out) {
        pass.ops().groupNorm(x, groups, weight, bias, eps, null, null, null, f, out);
    }
}
