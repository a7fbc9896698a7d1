package org.svgen.models.hunyuan15;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.vae.CausalConv;
import org.svgen.vae.FrameAttention;
import org.svgen.vae.MiddleBlock;
import org.svgen.vae.Pointwise;
import org.svgen.vae.RmsNorm;
import org.svgen.vae.VaeLayers;
import org.svgen.vae.VaeNorm;

/** Layers of HunyuanVideo-1.5's autoencoder. */
record Hunyuan15Layers() implements VaeLayers {
    @Override
    public CausalConv conv(WeightSource weights, String name, int in, int out) {
        return CausalConv.load(weights, name + ".conv", in, out, Border.EDGE);
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
        return MiddleBlock.load(
                w,
                channels,
                this,
                List.of(
                        FrameAttention.loadConvolved(
                                attention, norm(attention, "norm", channels), channels)));
    }
}
