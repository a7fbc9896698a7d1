package org.svgen.vae;

import org.svgen.tensor.Tensor;

/** Attention between the pixels of a video at the lowest resolution. */
public interface VaeAttention {
    /** Adds to {@code x} what its pixels attend to. */
    void apply(Pass pass, Tensor x); // [T, H, W, C]
}
