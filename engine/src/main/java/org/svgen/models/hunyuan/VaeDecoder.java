package org.svgen.models.hunyuan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** From latents to pixels in about -1..1 (diffusers: {@code HunyuanVideoDecoder3D}). */
record VaeDecoder(
        Linear postQuant,
        CausalConv in,
        VaeMiddle middle,
        List<Block> blocks,
        VaeNorm outNorm,
        CausalConv out)
        implements VaeNetwork {

    /** Residual blocks of one resolution. */
    record Block(List<VaeResnet> resnets, @Nullable VaeUpsample upsample) {}

    static VaeDecoder load(HunyuanVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("decoder");
        List<Integer> channels = config.channels().reversed();
        int latent = config.latentChannels();
        int groups = config.normGroups();
        List<Block> blocks = new ArrayList<>();
        int before = channels.getFirst();
        for (int i = 0; i < channels.size(); i++) {
            WeightSource block = w.at("up_blocks." + i);
            int after = channels.get(i);
            VaeScale scale = config.scale(i);
            blocks.add(
                    new Block(
                            VaeResnet.load(
                                    block, config.layersPerBlock() + 1, before, after, groups),
                            scale.changes() ? VaeUpsample.load(block, after, scale) : null));
            before = after;
        }
        return new VaeDecoder(
                VaeResnet.pointwise(weights, "post_quant_conv", latent, latent),
                CausalConv.load(w, "conv_in", latent, channels.getFirst()),
                VaeMiddle.load(config, w),
                blocks,
                VaeNorm.load(w, "conv_norm_out", before, groups),
                CausalConv.load(w, "conv_out", before, config.outChannels()));
    }

    @Override
    public Tensor apply(Workspace workspace, Tensor latents) {
        Tensor z = VaeResnet.project(workspace, postQuant, latents);
        Tensor x = in.applyTo(workspace, z, new VaeScale(1, 1));
        middle.apply(workspace, x);
        for (Block block : blocks) {
            for (VaeResnet resnet : block.resnets) {
                x = resnet.apply(workspace, x);
            }
            if (block.upsample != null) {
                x = block.upsample.apply(workspace, x);
            }
        }
        Tensor frames =
                workspace.allocate(DType.F32, x.size(0), x.size(1), x.size(2), out.outputs());
        VaeResnet.convolve(workspace, outNorm, out, x, frames);
        return frames;
    }
}
