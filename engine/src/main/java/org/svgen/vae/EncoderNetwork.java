package org.svgen.vae;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * From pixels in -1..1 to the mean and the log-variance of latents, side by side in the channels
 * (diffusers: {@code CogVideoXEncoder3D}, {@code HunyuanVideoEncoder3D}).
 *
 * @param quant of the result; none in some models
 */
public record EncoderNetwork(
        CausalConv in,
        List<VaeBlock> blocks,
        MiddleBlock middle,
        NormedConv out,
        @Nullable Pointwise quant)
        implements VaeNetwork {
    @Override
    public Tensor apply(Workspace workspace, FrameCache cache, Tensor pixels) {
        Pass pass = new Pass(workspace, cache, null);
        Tensor x = in.applyTo(pass, pixels, VaeScale.NONE);
        for (VaeBlock block : blocks) {
            x = block.apply(pass, x);
        }
        middle.apply(pass, x);
        Tensor moments = pass.allocateLike(x, out.conv().outputs());
        out.apply(pass, x, moments);
        return quant == null ? moments : quant.apply(workspace, moments);
    }
}
