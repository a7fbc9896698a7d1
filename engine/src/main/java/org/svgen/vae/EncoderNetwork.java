package org.svgen.vae;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * From pixels in -1..1 to the mean and the log-variance of latents, side by side in the channels
 * (diffusers: {@code CogVideoXEncoder3D}, {@code HunyuanVideoEncoder3D}, {@code
 * HunyuanVideo15Encoder3D}).
 *
 * @param shortcut past the last convolution; none in most models
 * @param quant of the result; none in some models
 */
public record EncoderNetwork(
        VaeConv in,
        List<VaeBlock> blocks,
        MiddleBlock middle,
        NormedConv out,
        @Nullable BlockShortcut shortcut,
        @Nullable Pointwise quant)
        implements VaeNetwork {

    /** Without a shortcut past the last convolution. */
    public EncoderNetwork(
            VaeConv in,
            List<VaeBlock> blocks,
            MiddleBlock middle,
            NormedConv out,
            @Nullable Pointwise quant) {
        this(in, blocks, middle, out, null, quant);
    }

    @Override
    public Tensor apply(Workspace workspace, FrameCache cache, Tensor pixels) {
        Pass pass = new Pass(workspace, cache, null);
        return deepen(pass, reduce(pass, pixels));
    }

    /** The layers before {@link #deep}. */
    public VaeNetwork shallow() {
        return (workspace, cache, pixels) -> reduce(new Pass(workspace, cache, null), pixels);
    }

    /** The layers of the lowest resolution alone. */
    public VaeNetwork deep() {
        return (workspace, cache, x) -> deepen(new Pass(workspace, cache, null), x);
    }

    private Tensor reduce(Pass pass, Tensor pixels) {
        Tensor x = in.applyTo(pass, pixels, VaeScale.NONE);
        for (VaeBlock block : blocks) {
            x = block.apply(pass, x);
        }
        return x;
    }

    /** Changes {@code x}. */
    private Tensor deepen(Pass pass, Tensor x) {
        Workspace workspace = pass.workspace();
        middle.apply(pass, x);
        // What leaves the network is F32, whatever it computes in.
        DType type = quant == null ? DType.F32 : workspace.activation();
        Tensor moments =
                workspace.allocate(type, x.size(0), x.size(1), x.size(2), out.conv().outputs());
        out.apply(pass, x, moments);
        if (shortcut != null) {
            shortcut.add(pass.ops(), x, moments);
        }
        return quant == null ? moments : quant.apply(workspace, moments, DType.F32);
    }
}
