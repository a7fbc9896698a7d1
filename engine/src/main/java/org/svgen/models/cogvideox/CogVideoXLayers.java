package org.svgen.models.cogvideox;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.vae.CausalConv;
import org.svgen.vae.Pointwise;
import org.svgen.vae.VaeLayers;
import org.svgen.vae.VaeNorm;

/** Layers of CogVideoX's autoencoder, whose halves have norms of different kinds. */
record CogVideoXLayers(Norms norms) implements VaeLayers {
    /** Reads a norm of the kind that the half at hand has. */
    @FunctionalInterface
    interface Norms {
        VaeNorm load(WeightSource weights, String name, int channels);
    }

    @Override
    public CausalConv conv(WeightSource weights, String name, int in, int out) {
        return CausalConv.load(weights, name + ".conv", in, out, Border.ZEROS);
    }

    @Override
    public VaeNorm norm(WeightSource weights, String name, int channels) {
        return norms.load(weights, name, channels);
    }

    @Override
    public Pointwise shortcut(WeightSource weights, int in, int out) {
        return Pointwise.load(weights, "conv_shortcut", in, out);
    }
}
