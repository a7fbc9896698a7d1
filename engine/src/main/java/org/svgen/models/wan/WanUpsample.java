package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.CausalConv;
import org.svgen.vae.Pass;
import org.svgen.vae.Resample;
import org.svgen.vae.VaeScale;

/**
 * Doubles the frames, if at all, by a convolution in time that gives two for one; then doubles
 * height and width and convolves each frame. The first frame of all stays single, and those behind
 * it do not look back at it there (diffusers: {@code WanResample}, {@code upsample2d} and {@code
 * upsample3d}).
 *
 * @param time [2 C, C, 3, 1, 1], whose halves give frames that follow each other; or none
 */
record WanUpsample(@Nullable CausalConv time, Weight weight, Tensor bias) // [Co, C, 1, 3, 3], [Co]
        implements Resample {
    static WanUpsample load(WeightSource w, VaeScale scale, int in, int out) {
        return new WanUpsample(
                scale.time() == 1
                        ? null
                        : CausalConv.loadZeroPadded(w, "time_conv", in, scale.time() * in, 3, 1),
                w.weight("resample.1.weight", out, in, 3, 3).reshape(out, in, 1, 3, 3),
                w.tensor("resample.1.bias", out));
    }

    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        int t = time == null ? x.size(0) : 2 * x.size(0) - single(pass);
        int h = x.size(1);
        int w = x.size(2);
        int c = x.size(3);
        Tensor out = workspace.allocate(t, 2L * h, 2L * w, weight.size(0));
        try (var _ = workspace.scope()) {
            Tensor frames = x;
            if (time != null) {
                frames = workspace.allocate(t, h, w, c);
                doubleFrames(pass, time, x, frames);
            }
            Tensor large = workspace.allocate(t, 2L * h, 2L * w, c);
            pass.ops().convolveEnlarged(frames, 1, 2, weight, bias, Border.ZEROS, large, out);
        }
        return out;
    }

    private static int single(Pass pass) {
        return pass.cache().first() ? 1 : 0;
    }

    private static void doubleFrames(Pass pass, CausalConv time, Tensor x, Tensor out) {
        int single = single(pass);
        if (single == 1) {
            pass.ops().convert(x.rows(0, 1), out.rows(0, 1));
        }
        int n = x.size(0) - single;
        long pixels = (long) x.size(1) * x.size(2);
        try (var _ = pass.workspace().scope()) {
            Tensor both = time.applyTo(pass, x.rows(single, x.size(0)), VaeScale.NONE);
            if (n > 0) {
                pass.ops()
                        .permute(
                                both.reshape(n, pixels, 2, x.size(3)),
                                new int[] {0, 2, 1, 3},
                                out.rows(single, out.size(0)).reshape(n, 2, pixels, x.size(3)));
            }
        }
    }
}
