package org.svgen.models.hunyuan15;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.vae.CausalConv;
import org.svgen.vae.Pass;
import org.svgen.vae.Resample;
import org.svgen.vae.VaeScale;

/**
 * A convolution whose channels become frames and pixels, beside copies of the input's. The first
 * frame of all stays single in time: the second half of what it could become is left out
 * (diffusers: {@code HunyuanVideo15Upsample}).
 */
record Hunyuan15Upsample(CausalConv conv, VaeScale scale) implements Resample {
    static Hunyuan15Upsample load(
            Hunyuan15Layers layers, WeightSource w, VaeScale scale, int in, int out) {
        int values = scale.time() * scale.space() * scale.space();
        return new Hunyuan15Upsample(layers.conv(w, "upsamplers.0.conv", in, values * out), scale);
    }

    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        int single = pass.cache().first() && scale.time() > 1 ? 1 : 0;
        int t = x.size(0);
        int channels = conv.outputs() / (scale.time() * scale.space() * scale.space());
        Tensor out =
                workspace.allocate(
                        single + (long) (t - single) * scale.time(),
                        (long) x.size(1) * scale.space(),
                        (long) x.size(2) * scale.space(),
                        channels);
        try (var _ = workspace.scope()) {
            Tensor h = conv.applyTo(pass, x, VaeScale.NONE);
            if (single == 1) {
                first(workspace, x.rows(0, 1), h.rows(0, 1), out.rows(0, 1));
            }
            Tensor later = out.rows(single, out.size(0));
            if (t > single) {
                PixelShuffle shuffle = new PixelShuffle(scale);
                shuffle.apart(workspace.ops(), h.rows(single, t), later);
                addCopies(workspace.ops(), shuffle.apart(workspace, x.rows(single, t)), later);
            }
        }
        return out;
    }

    /** Of twice the channels in space alone, the first half. */
    private void first(Workspace workspace, Tensor x, Tensor h, Tensor out) {
        Ops ops = workspace.ops();
        PixelShuffle inSpace = new PixelShuffle(new VaeScale(1, scale.space()));
        try (var _ = workspace.scope()) {
            Tensor twice = inSpace.apart(workspace, h); // [1, H', W', 2 Co]
            int channels = out.size(3);
            long pixels = (long) out.size(1) * out.size(2);
            Tensor halves = workspace.allocate(twice.dtype(), scale.time(), pixels, channels);
            ops.permute(twice.reshape(pixels, scale.time(), channels), new int[] {1, 0, 2}, halves);
            ops.convert(halves.rows(0, 1).reshape(out.shape().dims()), out);
            addCopies(ops, inSpace.apart(workspace, x), out);
        }
    }

    /** Each channel as often as there is room. */
    private static void addCopies(Ops ops, Tensor x, Tensor out) {
        ops.addDuplicated(x, 1, 1, out);
    }
}
