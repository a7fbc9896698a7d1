package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;

/** A way past the residual blocks of one resolution and what resamples behind them. */
@FunctionalInterface
public interface BlockShortcut {
    /** Adds to {@code out}, which a block made, what the block's input {@code x} comes to. */
    void add(Ops ops, Tensor x, Tensor out); // [T, H, W, Ci], [T', H', W', Co]
}
