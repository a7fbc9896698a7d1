package org.svgen.vae;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * From latents to pixels in about -1..1 (diffusers: {@code CogVideoXDecoder3D}, {@code
 * HunyuanVideoDecoder3D}, {@code HunyuanVideo15Decoder3D}).
 *
 * @param postQuant of the latents; none in some models
 * @param shortcut past the first convolution; none in most models
 */
public record DecoderNetwork(
        @Nullable Pointwise postQuant,
        VaeConv in,
        @Nullable BlockShortcut shortcut,
        MiddleBlock middle,
        List<VaeBlock> blocks,
        NormedConv out)
        implements VaeNetwork {

    /** Without a shortcut past the first convolution. */
    public DecoderNetwork(
            @Nullable Pointwise postQuant,
            VaeConv in,
            MiddleBlock middle,
            List<VaeBlock> blocks,
            NormedConv out) {
        this(postQuant, in, null, middle, blocks, out);
    }

    @Override
    public Tensor apply(Workspace workspace, FrameCache cache, Tensor latents) {
        Tensor z = postQuant == null ? latents : postQuant.apply(workspace, latents);
        Pass pass = new Pass(workspace, cache, z);
        return enlarge(pass, deepen(pass, z));
    }

    /** The layers of the lowest resolution alone. */
    public VaeNetwork deep() {
        return (workspace, cache, latents) -> {
            Tensor z = postQuant == null ? latents : postQuant.apply(workspace, latents);
            return deepen(new Pass(workspace, cache, z), z);
        };
    }

    /** The layers behind {@link #deep}. */
    public VaeNetwork shallow() {
        return (workspace, cache, x) -> enlarge(new Pass(workspace, cache, null), x);
    }

    private Tensor deepen(Pass pass, Tensor z) {
        Tensor x = in.applyTo(pass, z, VaeScale.NONE);
        if (shortcut != null) {
            shortcut.add(pass.ops(), z, x);
        }
        middle.apply(pass, x);
        return x;
    }

    /** Perhaps changes {@code deepest}. */
    private Tensor enlarge(Pass pass, Tensor deepest) {
        Tensor x = deepest;
        for (VaeBlock block : blocks) {
            x = block.apply(pass, x);
        }
        Tensor frames =
                pass.workspace()
                        .allocate(DType.F32, x.size(0), x.size(1), x.size(2), out.conv().outputs());
        out.apply(pass, x, frames);
        return frames;
    }
}
