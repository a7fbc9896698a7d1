package org.svgen.vae;

import org.svgen.tensor.Tensor;

/** A norm, SiLU and a causal convolution. */
public record NormedConv(VaeNorm norm, VaeConv conv) {
    /** {@code out} may be {@code x}. */
    void apply(Pass pass, Tensor x, Tensor out) { // [T, H, W, Ci] -> [T, H, W, Co]
        conv.applyNormed(pass, norm, x, out);
    }

    /** As above, added to {@code out}; {@code x} holds anything afterwards. */
    void add(Pass pass, Tensor x, Tensor out) {
        conv.addNormed(pass, norm, x, out);
    }
}
