package org.svgen.vae;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * From latents to pixels in about -1..1 (diffusers: {@code CogVideoXDecoder3D}, {@code
 * HunyuanVideoDecoder3D}).
 *
 * @param postQuant of the latents; none in some models
 */
public record DecoderNetwork(
        @Nullable Pointwise postQuant,
        CausalConv in,
        MiddleBlock middle,
        List<VaeBlock> blocks,
        NormedConv out)
        implements VaeNetwork {
    @Override
    public Tensor apply(Workspace workspace, FrameCache cache, Tensor latents) {
        Tensor z = postQuant == null ? latents : postQuant.apply(workspace, latents);
        Pass pass = new Pass(workspace, cache, z);
        Tensor x = in.applyTo(pass, z, VaeScale.NONE);
        middle.apply(pass, x);
        for (VaeBlock block : blocks) {
            x = block.apply(pass, x);
        }
        Tensor frames =
                workspace.allocate(
                        DType.F32, x.size(0), x.size(1), x.size(2), out.conv().outputs());
        out.apply(pass, x, frames);
        return frames;
    }
}
