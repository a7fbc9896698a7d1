package org.svgen.vae;

import org.svgen.checkpoint.WeightSource;

/** Reads a family's kind of each layer, under the family's names. */
public interface VaeLayers {
    /** A causal convolution of 3 x 3 x 3, perhaps in factors. */
    VaeConv conv(WeightSource weights, String name, int in, int out);

    /** A norm of so many channels. */
    VaeNorm norm(WeightSource weights, String name, int channels);

    /** What a residual block has beside its convolutions, where the number of channels changes. */
    Pointwise shortcut(WeightSource weights, int in, int out);
}
