package org.svgen.models.hunyuan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * From pixels in -1..1 to the mean and the log-variance of latents, side by side in the channels
 * (diffusers: {@code HunyuanVideoEncoder3D}).
 */
record VaeEncoder(
        CausalConv in,
        List<Block> blocks,
        VaeMiddle middle,
        VaeNorm outNorm,
        CausalConv out,
        Linear quant)
        implements VaeNetwork {

    /** Residual blocks of one resolution and the convolution that reduces it by {@code scale}. */
    record Block(List<VaeResnet> resnets, @Nullable CausalConv downsample, VaeScale scale) {}

    static VaeEncoder load(HunyuanVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("encoder");
        List<Integer> channels = config.channels();
        int groups = config.normGroups();
        int moments = 2 * config.latentChannels();
        List<Block> blocks = new ArrayList<>();
        int before = channels.getFirst();
        for (int i = 0; i < channels.size(); i++) {
            WeightSource block = w.at("down_blocks." + i);
            int after = channels.get(i);
            VaeScale scale = config.scale(i);
            blocks.add(
                    new Block(
                            VaeResnet.load(block, config.layersPerBlock(), before, after, groups),
                            scale.changes()
                                    ? CausalConv.load(block, "downsamplers.0.conv", after, after)
                                    : null,
                            scale));
            before = after;
        }
        return new VaeEncoder(
                CausalConv.load(w, "conv_in", config.inChannels(), channels.getFirst()),
                blocks,
                VaeMiddle.load(config, w),
                VaeNorm.load(w, "conv_norm_out", before, groups),
                CausalConv.load(w, "conv_out", before, moments),
                VaeResnet.pointwise(weights, "quant_conv", moments, moments));
    }

    @Override
    public Tensor apply(Workspace workspace, Tensor pixels) {
        Tensor x = in.applyTo(workspace, pixels, new VaeScale(1, 1));
        for (Block block : blocks) {
            for (VaeResnet resnet : block.resnets) {
                x = resnet.apply(workspace, x);
            }
            if (block.downsample != null) {
                x = block.downsample.applyTo(workspace, x, block.scale);
            }
        }
        middle.apply(workspace, x);
        Tensor moments = VaeResnet.allocateLike(workspace, x, out.outputs());
        VaeResnet.convolve(workspace, outNorm, out, x, moments);
        return VaeResnet.project(workspace, quant, moments);
    }
}
