package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.Pass;
import org.svgen.vae.Past;
import org.svgen.vae.Resample;
import org.svgen.vae.VaeScale;

/**
 * Halves height and width by a convolution of each frame; then, if at all, the frames by one in
 * time, each of whose outputs sees two frames and the one before. The first frame of all stays as
 * it is (diffusers: {@code WanResample}, {@code downsample2d} and {@code downsample3d}).
 */
record WanDownsample(Conv space, @Nullable Conv time) implements Resample {
    private static final ConvGeometry HALVE_SPACE = new ConvGeometry(1, 2, 0, 1, 0, 1);
    private static final ConvGeometry HALVE_TIME = new ConvGeometry(2, 1, 0, 0, 0, 0);

    /** [C, C, kt, k, k], [C]. */
    private record Conv(Weight weight, Tensor bias) {}

    static WanDownsample load(WeightSource w, VaeScale scale, int channels) {
        return new WanDownsample(
                new Conv(
                        w.weight("resample.1.weight", channels, channels, 3, 3)
                                .reshape(channels, channels, 1, 3, 3),
                        w.tensor("resample.1.bias", channels)),
                scale.time() == 1
                        ? null
                        : new Conv(
                                w.weight("time_conv.weight", channels, channels, 3, 1, 1),
                                w.tensor("time_conv.bias", channels)));
    }

    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        int t = x.size(0);
        int h = (x.size(1) - 2) / 2 + 1;
        int w = (x.size(2) - 2) / 2 + 1;
        int c = x.size(3);
        if (time == null) {
            Tensor out = workspace.allocate(t, h, w, c);
            convolve(pass, space, x, HALVE_SPACE, out);
            return out;
        }
        int single = pass.cache().first() ? 1 : 0;
        Tensor out = workspace.allocate(single + (t - single) / 2, h, w, c);
        try (var _ = workspace.scope()) {
            Tensor small = workspace.allocate(1 + t, h, w, c);
            convolve(pass, space, x, HALVE_SPACE, small.rows(1, 1 + t));
            pass.cache().exchange(pass.ops(), Past.ZEROS, 1, small);
            if (single == 1) {
                pass.ops().convert(small.rows(1, 2), out.rows(0, 1));
            }
            if (t > single) {
                Tensor later = out.rows(single, out.size(0));
                convolve(pass, time, small.rows(single, 1 + t), HALVE_TIME, later);
            }
        }
        return out;
    }

    private static void convolve(Pass pass, Conv conv, Tensor x, ConvGeometry g, Tensor out) {
        pass.ops().conv3d(x, conv.weight, conv.bias, g, out);
    }
}
