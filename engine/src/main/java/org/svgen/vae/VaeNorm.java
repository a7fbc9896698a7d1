package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** A family's normalisation. */
@FunctionalInterface
public interface VaeNorm {
    /**
     * Normalises, then applies {@code f}.
     *
     * @param out as {@code x}; it may have a margin, if the norm writes one, whose pixels become
     *     copies of the nearest
     */
    void apply(Pass pass, Tensor x, Activation f, Tensor out); // [T, H, W, C]

    /** Whether it can write a margin; if not, {@code out} has none. */
    default boolean writesMargin() {
        return true;
    }
}
