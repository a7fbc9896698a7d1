package org.svgen.models.wan;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.vae.CausalConv;
import org.svgen.vae.FrameAttention;
import org.svgen.vae.MiddleBlock;
import org.svgen.vae.Pointwise;
import org.svgen.vae.RmsNorm;
import org.svgen.vae.VaeLayers;
import org.svgen.vae.VaeNorm;

/** Layers of Wan's autoencoder. */
record WanLayers() implements VaeLayers {
    @Override
    public CausalConv conv(WeightSource weights, String name, int in, int out) {
        return CausalConv.loadZeroPadded(weights, name, in, out, 3, 3);
    }

    @Override
    public VaeNorm norm(WeightSource weights, String name, int channels) {
        return RmsNorm.load(weights, name + ".gamma", channels, channels, 1, 1, 1);
    }

    @Override
    public Pointwise shortcut(WeightSource weights, int in, int out) {
        return Pointwise.load(weights, "conv_shortcut", in, out);
    }

    MiddleBlock middle(WeightSource weights, int channels) {
        WeightSource w = weights.at("mid_block");
        WeightSource attention = w.at("attentions.0");
        VaeNorm norm = RmsNorm.load(attention, "norm.gamma", channels, channels, 1, 1);
        return MiddleBlock.load(
                w,
                channels,
                this,
                List.of(FrameAttention.loadWithinFrames(attention, norm, channels)));
    }
}
