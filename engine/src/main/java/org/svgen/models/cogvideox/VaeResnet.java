package org.svgen.models.cogvideox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Two normalised causal convolutions beside a shortcut (diffusers: {@code CogVideoXResnetBlock3D}).
 *
 * @param shortcut absent where the number of channels stays
 */
record VaeResnet(
        VaeNorm norm1,
        CausalConv conv1,
        VaeNorm norm2,
        CausalConv conv2,
        @Nullable Linear shortcut) {

    /** Reads a norm of the kind that the network at hand has. */
    @FunctionalInterface
    interface Norms {
        VaeNorm load(WeightSource weights, String name, int channels);
    }

    /** {@code count} blocks in a row, the first of which changes the number of channels. */
    static List<VaeResnet> load(WeightSource weights, int count, int in, int out, Norms norms) {
        List<VaeResnet> resnets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WeightSource w = weights.at("resnets." + i);
            int from = i == 0 ? in : out;
            resnets.add(
                    new VaeResnet(
                            norms.load(w, "norm1", from),
                            CausalConv.load(w, "conv1", from, out),
                            norms.load(w, "norm2", out),
                            CausalConv.load(w, "conv2", out, out),
                            from == out ? null : VaeNorm.pointwise(w, "conv_shortcut", from, out)));
        }
        return resnets;
    }

    /** Returns {@code x} itself, changed, where the number of channels stays. */
    Tensor apply(VaeBatch batch, Tensor x) { // [T, H, W, Ci] -> [T, H, W, Co]
        if (shortcut == null) {
            addChange(batch, x, x);
            return x;
        }
        Tensor out = VaeNorm.project(batch.workspace(), shortcut, x);
        addChange(batch, x, out);
        return out;
    }

    /** Adds both convolutions of {@code x} to {@code out}, which may be {@code x}. */
    private void addChange(VaeBatch batch, Tensor x, Tensor out) {
        Workspace workspace = batch.workspace();
        try (var _ = workspace.scope()) {
            Tensor middle = allocateLike(workspace, x, conv2.outputs());
            convolve(batch, norm1, conv1, x, middle);
            Tensor input = conv2.allocateInput(workspace, x.size(0), x.size(1), x.size(2));
            norm2.apply(batch, middle, CausalConv.frames(input));
            conv2.add(batch, input, middle, out);
        }
    }

    /** {@code out} may be {@code x}. */
    static void convolve(VaeBatch batch, VaeNorm norm, CausalConv conv, Tensor x, Tensor out) {
        Workspace workspace = batch.workspace();
        try (var _ = workspace.scope()) {
            Tensor input = conv.allocateInput(workspace, x.size(0), x.size(1), x.size(2));
            norm.apply(batch, x, CausalConv.frames(input));
            conv.apply(batch, input, out);
        }
    }

    static Tensor allocateLike(Workspace workspace, Tensor x, int channels) {
        return workspace.allocate(x.size(0), x.size(1), x.size(2), channels);
    }
}
