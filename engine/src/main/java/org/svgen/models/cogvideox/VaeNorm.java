package org.svgen.models.cogvideox;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * Group normalisation and SiLU; in the decoder the normalised values are scaled and shifted by
 * projections of the latents at the same place (diffusers: {@code CogVideoXSpatialNorm3D}).
 *
 * @param scale from latent channels, absent in the encoder
 * @param shift as {@code scale}
 */
record VaeNorm(
        Tensor weight,
        Tensor bias,
        int groups,
        float eps,
        @Nullable Linear scale,
        @Nullable Linear shift) {
    private static final float SPATIAL_EPS = 1e-6f;

    static VaeNorm plain(WeightSource w, String name, int channels, int groups, double eps) {
        return new VaeNorm(
                w.tensor(name + ".weight", channels),
                w.tensor(name + ".bias", channels),
                groups,
                (float) eps,
                null,
                null);
    }

    static VaeNorm spatial(WeightSource weights, String name, int channels, int groups, int zq) {
        WeightSource w = weights.at(name);
        return new VaeNorm(
                w.tensor("norm_layer.weight", channels),
                w.tensor("norm_layer.bias", channels),
                groups,
                SPATIAL_EPS,
                pointwise(w, "conv_y.conv", zq, channels),
                pointwise(w, "conv_b.conv", zq, channels));
    }

    /** A 1 x 1 x 1 convolution: a linear map of the channels. */
    static Linear pointwise(WeightSource w, String name, int in, int out) {
        return new Linear(
                w.tensor(name + ".weight", out, in, 1, 1, 1).reshape(out, in),
                w.tensor(name + ".bias", out));
    }

    void apply(VaeBatch batch, Tensor x, Tensor out) { // [T, H, W, C]
        Ops ops = batch.ops();
        if (scale == null || shift == null) {
            ops.groupNorm(x, groups, weight, bias, eps, null, null, null, Activation.SILU, out);
            return;
        }
        // A projection of single pixels commutes with the enlargement to the size of x, so it is
        // done on the small side.
        Tensor z = Objects.requireNonNull(batch.latents());
        Workspace workspace = batch.workspace();
        try (var _ = workspace.scope()) {
            Tensor y = project(workspace, scale, z);
            Tensor b = project(workspace, shift, z);
            int[] frames = nearestFrames(z.size(0), x.size(0));
            ops.groupNorm(x, groups, weight, bias, eps, y, b, frames, Activation.SILU, out);
        }
    }

    /** Every pixel through {@code linear}, into new memory. */
    static Tensor project(Workspace workspace, Linear linear, Tensor z) { // [T, H, W, C]
        int c = z.size(3);
        Tensor out = workspace.allocate(z.size(0), z.size(1), z.size(2), linear.outputs());
        linear.apply(
                workspace.ops(),
                z.reshape(z.elements() / c, c),
                out.reshape(z.elements() / c, linear.outputs()));
        return out;
    }

    /**
     * The latent frame that belongs to each of {@code frames} frames. In an odd number of frames
     * the first has a latent frame to itself.
     */
    static int[] nearestFrames(int latentFrames, int frames) {
        int apart = frames > 1 && frames % 2 == 1 ? 1 : 0;
        int[] nearest = new int[frames];
        for (int t = apart; t < frames; t++) {
            nearest[t] = apart + (t - apart) * (latentFrames - apart) / (frames - apart);
        }
        return nearest;
    }
}
