package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;

/** What a causal convolution sees before the first frame of all. */
public enum Past {
    /** Copies of the first frame. */
    COPIES,
    /** Zeros. */
    ZEROS;

    /** Fills the first {@code frames} frames of {@code input}, whose others are there. */
    void fill(Ops ops, int frames, Tensor input) { // [frames + T, H, W, C]
        switch (this) {
            case COPIES -> {
                Tensor firstOfAll = input.rows(frames, frames + 1);
                for (int i = 0; i < frames; i++) {
                    ops.convert(firstOfAll, input.rows(i, i + 1));
                }
            }
            case ZEROS -> ops.fill(0, input.rows(0, frames));
        }
    }
}
