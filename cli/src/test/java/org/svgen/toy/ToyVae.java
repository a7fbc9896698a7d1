package org.svgen.toy;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;
import org.svgen.vae.VaeShape;
import org.svgen.vae.VideoDecoder;

/** Every latent is a colour of 8 x 8 pixels, and of four frames behind the first. */
record ToyVae(Linear colour) implements VideoDecoder {
    static ToyVae load(WeightSource w) {
        return new ToyVae(Linear.load(w, "colour", 4, 3, true));
    }

    /** The size of latents beside that of videos. */
    record Shape(int spatialRatio, int temporalRatio, int latentChannels) implements VaeShape {}

    @Override
    public VaeShape shape() {
        return new Shape(8, 4, 4);
    }

    @Override
    public void decode(
            VaePlan plan, Workspace ws, Tensor latents, Tensor frames, VaeProgress progress) {
        progress.made(0, 1);
        try (var _ = ws.scope()) {
            ws.backend().download(pixels(ws, latents), frames);
        }
        progress.made(1, 1);
    }

    @Override
    public void rehearse(VaePlan plan, Workspace ws, Tensor latents) {
        try (var _ = ws.scope()) {
            pixels(ws, latents);
        }
    }

    private Tensor pixels(Workspace ws, Tensor z) { // [T, H, W, 4]
        int t = z.size(0);
        Tensor rgb = ws.allocate(DType.F32, t, z.size(1), z.size(2), 3);
        long cells = z.elements() / 4;
        colour.apply(ws.ops(), z.reshape(cells, 4), rgb.reshape(cells, 3));
        Tensor all = ws.allocate(DType.F32, 4L * t - 3, 8L * z.size(1), 8L * z.size(2), 3);
        ws.ops().upsampleNearest(rgb.rows(0, 1), 1, 8, all.rows(0, 1));
        if (t > 1) {
            ws.ops().upsampleNearest(rgb.rows(1, t), 4, 8, all.rows(1, all.size(0)));
        }
        return all;
    }
}
