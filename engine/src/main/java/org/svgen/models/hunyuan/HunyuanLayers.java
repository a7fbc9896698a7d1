package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.vae.CausalConv;
import org.svgen.vae.FrameAttention;
import org.svgen.vae.GroupNorm;
import org.svgen.vae.MiddleBlock;
import org.svgen.vae.Pointwise;
import org.svgen.vae.VaeLayers;
import org.svgen.vae.VaeNorm;

/** Layers of HunyuanVideo's autoencoder. */
record HunyuanLayers(HunyuanVaeConfig config) implements VaeLayers {
    private static final double EPS = 1e-6;

    @Override
    public CausalConv conv(WeightSource weights, String name, int in, int out) {
        return CausalConv.load(weights, name + ".conv", in, out, Border.EDGE);
    }

    @Override
    public VaeNorm norm(WeightSource weights, String name, int channels) {
        return GroupNorm.load(weights, name, channels, config.normGroups(), EPS);
    }

    @Override
    public Pointwise shortcut(WeightSource weights, int in, int out) {
        return Pointwise.load(weights, "conv_shortcut.conv", in, out);
    }

    MiddleBlock middle(WeightSource weights) {
        WeightSource w = weights.at("mid_block");
        int channels = config.channels().getLast();
        return MiddleBlock.load(
                w,
                channels,
                this,
                config.middleAttention()
                        ? List.of(attention(w.at("attentions.0"), channels))
                        : List.of());
    }

    private FrameAttention attention(WeightSource weights, int channels) {
        return FrameAttention.load(weights, norm(weights, "group_norm", channels), channels);
    }
}
