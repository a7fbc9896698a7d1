package org.svgen.models.hunyuan;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.RowOutput;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;
import org.svgen.vae.VaeShape;
import org.svgen.vae.VideoDecoder;

/**
 * A decoder whose first frames nobody sees.
 *
 * @param skipped how many
 */
record LaterFrames(VaeDecoder decoder, int skipped) implements VideoDecoder {
    @Override
    public VaeShape shape() {
        return decoder.shape();
    }

    @Override
    public long limit() {
        return decoder.limit();
    }

    @Override
    public VaePlan plan(int frames, int height, int width, long limit) {
        return decoder.plan(frames, height, width, limit);
    }

    @Override
    public void decode(
            VaePlan plan,
            Workspace workspace,
            Tensor latents,
            Tensor frames,
            VaeProgress progress) {
        RowOutput later = RowOutput.pixels(frames);
        RowOutput all =
                (frame, y, x, from, offset, count) -> {
                    if (frame >= skipped) {
                        later.row(frame - skipped, y, x, from, offset, count);
                    }
                };
        decoder.decode(plan, workspace, latents, all, progress);
    }

    @Override
    public void rehearse(VaePlan plan, Workspace workspace, Tensor latents) {
        decoder.rehearse(plan, workspace, latents);
    }
}
