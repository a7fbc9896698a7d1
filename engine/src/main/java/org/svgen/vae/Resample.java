package org.svgen.vae;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;

/** A family's way to enlarge or reduce frames. */
@FunctionalInterface
public interface Resample {
    /** Resamples into new memory. */
    Tensor apply(Pass pass, Tensor x); // [T, H, W, C]

    /** Reads the resampling at the end of a block. */
    @FunctionalInterface
    interface Loader {
        /**
         * {@return the resampling; none if the block has none}
         *
         * @param block the block's weights
         * @param index of the block, in the network's order
         * @param channels of the block
         */
        @Nullable Resample load(WeightSource block, int index, int channels);
    }
}
