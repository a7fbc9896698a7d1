package org.svgen.models.cosmos;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.vae.CausalConv;
import org.svgen.vae.FactoredConv;
import org.svgen.vae.FrameAttention;
import org.svgen.vae.MiddleBlock;
import org.svgen.vae.Pointwise;
import org.svgen.vae.TimeAttention;
import org.svgen.vae.VaeLayers;

/** Layers of Cosmos' autoencoder: what goes over frames and pixels does so one after the other. */
record CosmosLayers() implements VaeLayers {
    @Override
    public FactoredConv conv(WeightSource weights, String name, int in, int out) {
        return new FactoredConv(
                CausalConv.loadBehindCopies(weights, name + ".conv_s", in, out, 1, 3),
                CausalConv.loadBehindCopies(weights, name + ".conv_t", out, out, 3, 1));
    }

    @Override
    public FrameNorm norm(WeightSource weights, String name, int channels) {
        return FrameNorm.load(weights, name, channels);
    }

    @Override
    public Pointwise shortcut(WeightSource weights, int in, int out) {
        return Pointwise.load(weights, "conv_shortcut", in, out);
    }

    MiddleBlock middle(WeightSource weights, int channels) {
        WeightSource w = weights.at("mid_block");
        WeightSource space = w.at("attentions.0");
        WeightSource time = w.at("temp_attentions.0");
        return MiddleBlock.load(
                w,
                channels,
                this,
                List.of(
                        new FrameAttention(
                                norm(space, "norm", channels),
                                linear(space, "to_q", channels),
                                linear(space, "to_k", channels),
                                linear(space, "to_v", channels),
                                linear(space, "to_out.0", channels),
                                false),
                        new TimeAttention(
                                norm(time, "norm", channels),
                                linear(time, "to_q", channels),
                                linear(time, "to_k", channels),
                                linear(time, "to_v", channels),
                                linear(time, "to_out.0", channels))));
    }

    private static Linear linear(WeightSource w, String name, int channels) {
        return Pointwise.load(w, name, channels, channels).linear();
    }
}
