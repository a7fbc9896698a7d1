package org.svgen.cogvideox;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Ops;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.Workspace;

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

    static VaeResnet load(WeightSource w, VaeNorm norm1, VaeNorm norm2, int in, int out) {
        return new VaeResnet(
                norm1,
                CausalConv.load(w, "conv1", in, out),
                norm2,
                CausalConv.load(w, "conv2", out, out),
                in == out ? null : VaeNorm.pointwise(w, "conv_shortcut", in, out));
    }

    /** Returns {@code x} itself, changed, where the number of channels stays. */
    Tensor apply(VaeBatch batch, Tensor x) { // [T, H, W, Ci] -> [T, H, W, Co]
        Workspace workspace = batch.workspace();
        Ops ops = batch.ops();
        int channels = conv2.outputs();
        Tensor out = shortcut == null ? x : allocateLike(workspace, x, channels);
        try (var scope = workspace.scope()) {
            Tensor hidden = allocateLike(workspace, x, channels);
            convolve(batch, norm1, conv1, x, hidden);
            convolve(batch, norm2, conv2, hidden, hidden);
            if (shortcut != null) {
                long pixels = x.elements() / x.size(3);
                shortcut.apply(ops, x.reshape(pixels, x.size(3)), out.reshape(pixels, channels));
            }
            ops.axpby(1, out, 1, hidden, out);
        }
        return out;
    }

    /** {@code out} may be {@code x}. */
    static void convolve(VaeBatch batch, VaeNorm norm, CausalConv conv, Tensor x, Tensor out) {
        Workspace workspace = batch.workspace();
        try (var scope = workspace.scope()) {
            Tensor input = conv.allocateInput(workspace, x.size(0), x.size(1), x.size(2));
            norm.apply(batch, x, CausalConv.frames(input));
            conv.apply(batch, input, out);
        }
    }

    static Tensor allocateLike(Workspace workspace, Tensor x, int channels) {
        return workspace.allocate(DType.F32, x.size(0), x.size(1), x.size(2), channels);
    }
}
