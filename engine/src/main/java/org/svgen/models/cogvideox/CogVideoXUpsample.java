package org.svgen.models.cogvideox;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.Pass;
import org.svgen.vae.Resample;

/**
 * Doubles height and width, and if {@code time} also the frames, of which an odd first one stays
 * single; then convolves each frame (diffusers: {@code CogVideoXUpsample3D}).
 */
record CogVideoXUpsample(Weight weight, Tensor bias, boolean time)
        implements Resample { // [C, C, 1, 3, 3], [C]
    static CogVideoXUpsample load(WeightSource w, String name, int channels, boolean time) {
        return new CogVideoXUpsample(
                w.weight(name + ".conv.weight", channels, channels, 3, 3)
                        .reshape(channels, channels, 1, 3, 3),
                w.tensor(name + ".conv.bias", channels),
                time);
    }

    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        Ops ops = pass.ops();
        int t = x.size(0);
        int h = 2 * x.size(1);
        int w = 2 * x.size(2);
        int c = x.size(3);
        boolean repeat = time && t > 1;
        int single = repeat ? t % 2 : t; // frames that are not repeated
        Tensor out = workspace.allocate(2L * t - single, h, w, c);
        try (var _ = workspace.scope()) {
            Tensor large = workspace.allocate(t, h, w, c);
            if (!repeat) {
                ops.convolveEnlarged(x, 1, 2, weight, bias, Border.ZEROS, large, out);
                return out;
            }
            // Repeated frames convolve to repeated frames, so each is convolved once.
            Tensor convolved = workspace.allocate(t, h, w, c);
            ops.convolveEnlarged(x, 1, 2, weight, bias, Border.ZEROS, large, convolved);
            if (single == 1) {
                ops.convert(convolved.rows(0, 1), out.rows(0, 1));
            }
            ops.upsampleNearest(convolved.rows(single, t), 2, 1, out.rows(single, out.size(0)));
        }
        return out;
    }
}
