package org.svgen.models.cogvideox;

import java.util.Objects;
import java.util.function.Consumer;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.GroupNormOp.Modulation;
import org.svgen.vae.Pass;
import org.svgen.vae.Pointwise;
import org.svgen.vae.VaeNorm;

/**
 * Group normalisation whose values are scaled and shifted by projections of the latents at the same
 * place (diffusers: {@code CogVideoXSpatialNorm3D}).
 *
 * @param scale from latent channels
 * @param shift as {@code scale}
 */
record SpatialNorm(Tensor weight, Tensor bias, int groups, Pointwise scale, Pointwise shift)
        implements VaeNorm {
    private static final float EPS = 1e-6f;

    static SpatialNorm load(WeightSource weights, String name, int channels, int groups, int zq) {
        WeightSource w = weights.at(name);
        return new SpatialNorm(
                w.tensor("norm_layer.weight", channels),
                w.tensor("norm_layer.bias", channels),
                groups,
                Pointwise.load(w, "conv_y.conv", zq, channels),
                Pointwise.load(w, "conv_b.conv", zq, channels));
    }

    @Override
    public void apply(Pass pass, Tensor x, Activation f, Tensor out) { // [T, H, W, C]
        handOver(pass, x, f, out, pass.ops()::run);
    }

    @Override
    public boolean handOver(
            Pass pass, Tensor x, Activation f, Tensor out, Consumer<GroupNormOp> to) {
        // A projection of single pixels commutes with the enlargement to the size of x, so it is
        // done on the small side.
        Tensor z = Objects.requireNonNull(pass.latents());
        Workspace workspace = pass.workspace();
        try (var _ = workspace.scope()) {
            Tensor y = scale.apply(workspace, z);
            Tensor b = shift.apply(workspace, z);
            Modulation by = new Modulation(y, b, nearestFrames(z.size(0), x.size(0)));
            to.accept(new GroupNormOp(x, groups, weight, bias, EPS, by, f, out));
        }
        return true;
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
