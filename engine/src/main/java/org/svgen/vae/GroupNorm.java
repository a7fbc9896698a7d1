package org.svgen.vae;

import java.util.function.Consumer;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.GroupNormOp;

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
        handOver(pass, x, f, out, pass.ops()::run);
    }

    @Override
    public boolean handOver(
            Pass pass, Tensor x, Activation f, Tensor out, Consumer<GroupNormOp> to) {
        to.accept(new GroupNormOp(x, groups, weight, bias, eps, null, f, out));
        return true;
    }
}
