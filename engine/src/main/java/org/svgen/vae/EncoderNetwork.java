package org.svgen.vae;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
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
        // What leaves the network is F32, whatever it computes in.
        DType type = quant == null ? DType.F32 : workspace.activation();
        Tensor moments =
                workspace.allocate(type, x.size(0), x.size(1), x.size(2), out.conv().outputs());
        out.apply(pass, x, moments);
        return quant == null ? moments : quant.apply(workspace, moments, DType.F32);
    }
}
