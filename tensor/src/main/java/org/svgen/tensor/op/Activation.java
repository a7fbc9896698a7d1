package org.svgen.tensor.op;

/** Elementwise activation functions. */
public enum Activation {
    /** {@code x}. */
    NONE,
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** {@code x/2 (1 + erf(x / sqrt 2))}. */
    GELU,
    /**
     * {@code x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}; torch's "tanh" form, T5's gelu_new.
     */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU
}
