package org.svgen.models.cogvideox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** From latents to pixels in about -1..1 (diffusers: {@code CogVideoXDecoder3D}). */
record VaeDecoder(
        @Nullable Linear postQuant,
        CausalConv in,
        List<VaeResnet> middle,
        List<Block> blocks,
        VaeNorm outNorm,
        CausalConv out)
        implements VaeNetwork {
    private static final int MIDDLE_RESNETS = 2;
    private static final int LATENT_FRAMES = 2;

    /** Residual blocks of one resolution; the last resolution is not enlarged. */
    record Block(List<VaeResnet> resnets, @Nullable VaeUpsample upsample) {}

    static VaeDecoder load(CogVideoXVaeConfig config, WeightSource weights) {
        WeightSource w = weights.at("decoder");
        List<Integer> channels = config.channels().reversed();
        int latent = config.latentChannels();
        VaeResnet.Norms norms =
                (at, name, c) -> VaeNorm.spatial(at, name, c, config.normGroups(), latent);
        int deepest = channels.getFirst();
        List<Block> blocks = new ArrayList<>();
        int before = deepest;
        for (int i = 0; i < channels.size(); i++) {
            WeightSource block = w.at("up_blocks." + i);
            int after = channels.get(i);
            boolean enlarge = i < channels.size() - 1;
            blocks.add(
                    new Block(
                            VaeResnet.load(
                                    block, config.layersPerBlock() + 1, before, after, norms),
                            enlarge
                                    ? VaeUpsample.load(
                                            block, "upsamplers.0", after, config.compressesTime(i))
                                    : null));
            before = after;
        }
        return new VaeDecoder(
                config.postQuantConv()
                        ? VaeNorm.pointwise(weights, "post_quant_conv", latent, latent)
                        : null,
                CausalConv.load(w, "conv_in", latent, deepest),
                VaeResnet.load(w.at("mid_block"), MIDDLE_RESNETS, deepest, deepest, norms),
                blocks,
                norms.load(w, "norm_out", before),
                CausalConv.load(w, "conv_out", before, config.outChannels()));
    }

    @Override
    public int frameBatch() {
        return LATENT_FRAMES;
    }

    @Override
    public Tensor apply(Workspace workspace, FrameCache cache, Tensor latents) {
        Tensor z = postQuant == null ? latents : VaeNorm.project(workspace, postQuant, latents);
        VaeBatch batch = new VaeBatch(workspace, cache, z);
        Tensor x = in.applyTo(batch, z);
        for (VaeResnet resnet : middle) {
            x = resnet.apply(batch, x);
        }
        for (Block block : blocks) {
            for (VaeResnet resnet : block.resnets) {
                x = resnet.apply(batch, x);
            }
            if (block.upsample != null) {
                x = block.upsample.apply(batch, x);
            }
        }
        Tensor frames =
                workspace.allocate(DType.F32, x.size(0), x.size(1), x.size(2), out.outputs());
        VaeResnet.convolve(batch, outNorm, out, x, frames);
        return frames;
    }
}
