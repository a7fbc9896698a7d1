package org.svgen.models.hunyuan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;

/**
 * Two normalised causal convolutions beside a shortcut (diffusers: {@code
 * HunyuanVideoResnetBlockCausal3D}).
 *
 * @param shortcut absent where the number of channels stays
 */
record VaeResnet(
        VaeNorm norm1,
        CausalConv conv1,
        VaeNorm norm2,
        CausalConv conv2,
        @Nullable Linear shortcut) {
    /** {@code count} blocks in a row, the first of which changes the number of channels. */
    static List<VaeResnet> load(WeightSource weights, int count, int in, int out, int groups) {
        List<VaeResnet> resnets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WeightSource w = weights.at("resnets." + i);
            int from = i == 0 ? in : out;
            resnets.add(
                    new VaeResnet(
                            VaeNorm.load(w, "norm1", from, groups),
                            CausalConv.load(w, "conv1", from, out),
                            VaeNorm.load(w, "norm2", out, groups),
                            CausalConv.load(w, "conv2", out, out),
                            from == out ? null : pointwise(w, "conv_shortcut.conv", from, out)));
        }
        return resnets;
    }

    /** A 1 x 1 x 1 convolution: a linear map of the channels. */
    static Linear pointwise(WeightSource w, String name, int in, int out) {
        return new Linear(
                w.tensor(name + ".weight", out, in, 1, 1, 1).reshape(out, in),
                w.tensor(name + ".bias", out));
    }

    /** Every pixel through {@code linear}, into new memory. */
    static Tensor project(Workspace workspace, Linear linear, Tensor x) { // [T, H, W, C]
        int c = x.size(3);
        Tensor out = allocateLike(workspace, x, linear.outputs());
        linear.apply(
                workspace.ops(),
                x.reshape(x.elements() / c, c),
                out.reshape(x.elements() / c, linear.outputs()));
        return out;
    }

    /** Returns {@code x} itself, changed, where the number of channels stays. */
    Tensor apply(Workspace workspace, Tensor x) { // [T, H, W, Ci] -> [T, H, W, Co]
        if (shortcut == null) {
            addChange(workspace, x, x);
            return x;
        }
        Tensor out = project(workspace, shortcut, x);
        addChange(workspace, x, out);
        return out;
    }

    /** Adds both convolutions of {@code x} to {@code out}, which may be {@code x}. */
    private void addChange(Workspace workspace, Tensor x, Tensor out) {
        try (var _ = workspace.scope()) {
            Tensor middle = allocateLike(workspace, x, conv2.outputs());
            convolve(workspace, norm1, conv1, x, middle);
            Tensor input = conv2.allocateWideInput(workspace, x.size(0), x.size(1), x.size(2));
            norm2.apply(workspace.ops(), middle, Activation.SILU, CausalConv.frames(input));
            conv2.addWide(workspace.ops(), input, middle, out);
        }
    }

    /** {@code out} may be {@code x}. */
    static void convolve(Workspace workspace, VaeNorm norm, CausalConv conv, Tensor x, Tensor out) {
        try (var _ = workspace.scope()) {
            Tensor input = conv.allocateWideInput(workspace, x.size(0), x.size(1), x.size(2));
            norm.apply(workspace.ops(), x, Activation.SILU, CausalConv.frames(input));
            conv.applyWide(workspace.ops(), input, out);
        }
    }

    static Tensor allocateLike(Workspace workspace, Tensor x, int channels) {
        return workspace.allocate(x.size(0), x.size(1), x.size(2), channels);
    }
}
