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
 * A convolution whose frames and pixels become channels, beside means of the input's. The first
 * frame of all counts as two (diffusers: {@code HunyuanVideo15Downsample}).
 */
record Hunyuan15Downsample(CausalConv conv, VaeScale scale) implements Resample {
    static Hunyuan15Downsample load(
            Hunyuan15Layers layers, WeightSource w, VaeScale scale, int in, int out) {
        int values = scale.time() * scale.space() * scale.space();
        return new Hunyuan15Downsample(
                layers.conv(w, "downsamplers.0.conv", in, out / values), scale);
    }

    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        int single = pass.cache().first() && scale.time() > 1 ? 1 : 0;
        int t = x.size(0);
        long channels = (long) conv.outputs() * scale.time() * scale.space() * scale.space();
        Tensor out =
                workspace.allocate(
                        single + (t - single) / scale.time(),
                        x.size(1) / scale.space(),
                        x.size(2) / scale.space(),
                        channels);
        try (var _ = workspace.scope()) {
            Tensor h = conv.applyTo(pass, x, VaeScale.NONE);
            if (single == 1) {
                first(workspace, x.rows(0, 1), h.rows(0, 1), out.rows(0, 1));
            }
            if (t > single) {
                PixelShuffle shuffle = new PixelShuffle(scale);
                Tensor later = out.rows(single, out.size(0));
                workspace.ops().convert(shuffle.together(workspace, h.rows(single, t)), later);
                addMeans(workspace.ops(), shuffle.together(workspace, x.rows(single, t)), later);
            }
        }
        return out;
    }

    private void first(Workspace workspace, Tensor x, Tensor h, Tensor out) {
        Ops ops = workspace.ops();
        PixelShuffle inSpace = new PixelShuffle(new VaeScale(1, scale.space()));
        try (var _ = workspace.scope()) {
            Tensor once = inSpace.together(workspace, h); // [1, H', W', Co / 2]
            int channels = once.size(3);
            long pixels = (long) out.size(1) * out.size(2);
            Tensor copies = workspace.allocate(once.dtype(), scale.time(), pixels, channels);
            for (int i = 0; i < scale.time(); i++) {
                ops.convert(once.reshape(1, pixels, channels), copies.rows(i, i + 1L));
            }
            ops.permute(copies, new int[] {1, 0, 2}, out.reshape(pixels, scale.time(), channels));
            addMeans(ops, inSpace.together(workspace, x), out);
        }
    }

    /** Of as many channels that follow each other as become one. */
    private static void addMeans(Ops ops, Tensor x, Tensor out) {
        ops.addAveraged(x, 1, 1, out);
    }
}
