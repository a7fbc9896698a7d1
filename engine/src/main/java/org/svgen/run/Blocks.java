package org.svgen.run;

import java.util.List;
import java.util.function.Consumer;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;

/**
 * Goes through the blocks of a transformer, one after the other, and counts after each what is NaN
 * or infinite ({@link FiniteCheck}). The one place that knows what is before and behind the blocks.
 *
 * @param ops computes
 * @param faults I32 [blocks]: takes the count of each block's output
 */
public record Blocks(Ops ops, Tensor faults) {
    /**
     * Goes through all blocks.
     *
     * @param <B> a block
     * @param blocks in their order; each may be loaded as it is got
     * @param x the token stream, which each block updates
     * @param forward does what a block does
     */
    public <B> void run(List<? extends B> blocks, Tensor x, Consumer<B> forward) {
        int index = 0;
        for (B block : blocks) {
            forward.accept(block);
            ops.countNonFinite(x, faults.rows(index, index + 1L));
            index++;
        }
    }
}
