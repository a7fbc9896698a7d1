package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** A family's normalisation. */
@FunctionalInterface
public interface VaeNorm {
    /**
     * Normalises, then applies {@code f}.
     *
     * @param out as {@code x}; it may have a margin, whose pixels become copies of the nearest
     */
    void apply(Pass pass, Tensor x, Activation f, Tensor out); // [T, H, W, C]
}
