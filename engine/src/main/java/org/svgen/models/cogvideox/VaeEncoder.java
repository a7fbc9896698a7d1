package org.svgen.models.cogvideox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * From pixels in -1..1 to the mean and the log-variance of latents, side by side in the channels
 * (diffusers: {@code CogVideoXEncoder3D}).
 */
record VaeEncoder(
        CausalConv in,
        List<Block> blocks,
        List<VaeResnet> middle,
        VaeNorm outNorm,
        CausalConv out,
        @Nullable Linear quant)
        implements VaeNetwork {
    private static final int MIDDLE_RESNETS = 2;
    static final int VIDEO_FRAMES = 8;
    private static final double OUT_EPS = 1e-6;

    /** Residual blocks of one resolution; the last resolution is not reduced. */
    record Block(List<VaeResnet> resnets, @Nullable VaeDownsample downsample) {}

    static VaeEncoder load(CogVideoXVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("encoder");
        List<Integer> channels = config.channels();
        int groups = config.normGroups();
        VaeResnet.Norms norms =
                (at, name, c) -> VaeNorm.plain(at, name, c, groups, config.normEps());
        int moments = 2 * config.latentChannels();
        List<Block> blocks = new ArrayList<>();
        int before = channels.getFirst();
        for (int i = 0; i < channels.size(); i++) {
            WeightSource block = w.at("down_blocks." + i);
            int after = channels.get(i);
            boolean reduce = i < channels.size() - 1;
            blocks.add(
                    new Block(
                            VaeResnet.load(block, config.layersPerBlock(), before, after, norms),
                            reduce
                                    ? VaeDownsample.load(
                                            block,
                                            "downsamplers.0",
                                            after,
                                            config.compressesTime(i))
                                    : null));
            before = after;
        }
        return new VaeEncoder(
                CausalConv.load(w, "conv_in", config.inChannels(), channels.getFirst()),
                blocks,
                VaeResnet.load(w.at("mid_block"), MIDDLE_RESNETS, before, before, norms),
                VaeNorm.plain(w, "norm_out", before, groups, OUT_EPS),
                CausalConv.load(w, "conv_out", before, moments),
                config.quantConv()
                        ? VaeNorm.pointwise(weights, "quant_conv", moments, moments)
                        : null);
    }

    @Override
    public int frameBatch() {
        return VIDEO_FRAMES;
    }

    @Override
    public Tensor apply(Workspace workspace, FrameCache cache, Tensor pixels) {
        VaeBatch batch = new VaeBatch(workspace, cache, null);
        Tensor x = in.applyTo(batch, pixels);
        for (Block block : blocks) {
            for (VaeResnet resnet : block.resnets) {
                x = resnet.apply(batch, x);
            }
            if (block.downsample != null) {
                x = block.downsample.apply(batch, x);
            }
        }
        for (VaeResnet resnet : middle) {
            x = resnet.apply(batch, x);
        }
        Tensor moments = VaeResnet.allocateLike(workspace, x, out.outputs());
        VaeResnet.convolve(batch, outNorm, out, x, moments);
        return quant == null ? moments : VaeNorm.project(workspace, quant, moments);
    }
}
