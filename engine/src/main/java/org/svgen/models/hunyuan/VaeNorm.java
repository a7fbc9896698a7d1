package org.svgen.models.hunyuan;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/** Group normalisation over all frames. */
record VaeNorm(Tensor weight, Tensor bias, int groups) {
    private static final float EPS = 1e-6f;

    static VaeNorm load(WeightSource w, String name, int channels, int groups) {
        return new VaeNorm(
                w.tensor(name + ".weight", channels), w.tensor(name + ".bias", channels), groups);
    }

    void apply(Ops ops, Tensor x, Activation f, Tensor out) { // [T, H, W, C]
        ops.groupNorm(x, groups, weight, bias, EPS, null, null, null, f, out);
    }
}
