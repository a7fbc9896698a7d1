package org.svgen.models.cogvideox;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.Pass;
import org.svgen.vae.Resample;

/**
 * Averages pairs of frames if {@code time}, an odd first one apart; then halves height and width by
 * a convolution (diffusers: {@code CogVideoXDownsample3D}).
 */
record CogVideoXDownsample(Weight weight, Tensor bias, boolean time)
        implements Resample { // [C, C, 1, 3, 3], [C]
    private static final ConvGeometry HALVE = new ConvGeometry(1, 2, 0, 1, 0, 1);

    static CogVideoXDownsample load(WeightSource w, String name, int channels, boolean time) {
        return new CogVideoXDownsample(
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
        int h = x.size(1);
        int w = x.size(2);
        int c = x.size(3);
        int single = time ? t % 2 : t; // frames that are not averaged
        int frames = single + (t - single) / 2;
        Tensor out = workspace.allocate(frames, (h - 2) / 2 + 1, (w - 2) / 2 + 1, c);
        try (var _ = workspace.scope()) {
            Tensor averaged = x;
            if (single < t) {
                averaged = workspace.allocate(frames, h, w, c);
                if (single == 1) {
                    ops.convert(x.rows(0, 1), averaged.rows(0, 1));
                }
                ops.averageFramePairs(x.rows(single, t), averaged.rows(single, frames));
            }
            ops.conv3d(averaged, weight, bias, HALVE, out);
        }
        return out;
    }
}
