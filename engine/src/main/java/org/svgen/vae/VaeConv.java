package org.svgen.vae;

import org.svgen.tensor.Tensor;

/** A convolution of frames that looks back in time only. */
public interface VaeConv {
    /** Channels of the result. */
    int outputs();

    /** Convolves frames that lie elsewhere, into new memory, and keeps each {@code stride}-th. */
    Tensor applyTo(Pass pass, Tensor x, VaeScale stride); // [T, H, W, Ci]

    /** Convolves {@code silu(norm(x))} into {@code out}, which may be {@code x}. */
    void applyNormed(Pass pass, VaeNorm norm, Tensor x, Tensor out); // [T, H, W, Ci], [.., Co]

    /** As above, added to {@code out}; {@code x} holds anything afterwards. */
    void addNormed(Pass pass, VaeNorm norm, Tensor x, Tensor out); // Ci = Co
}
