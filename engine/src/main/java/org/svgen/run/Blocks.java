package org.svgen.run;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.svgen.cache.BlockCache;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;

/**
 * Goes through the blocks of a transformer, one after the other, and has counted what is NaN or
 * infinite behind each ({@link FiniteCheck}). The one place that knows what is before and behind
 * the blocks, and which of them are left out. Within them each of several devices has some of the
 * tokens ({@link Ops#spread}).
 *
 * @param ops computes
 * @param faults I32 [blocks]: takes the count of each block's output
 * @param cache may leave blocks out
 * @param watcher sees the stream behind each block
 */
public record Blocks(Ops ops, Tensor faults, BlockCache cache, Watcher watcher) {
    private static final Watcher NOBODY = (block, x) -> {};

    /** Sees a token stream on its way. */
    @FunctionalInterface
    public interface Watcher {
        /**
         * Reads the stream behind a block.
         *
         * @param block from 0
         * @param x the token stream, F32 [..., N, C]
         */
        void behind(int block, Tensor x);
    }

    /**
     * Goes through the blocks that a cache does not leave out.
     *
     * @param ops computes
     * @param faults I32 [blocks]: takes the count of each block's output
     * @param cache may leave blocks out
     */
    public Blocks(Ops ops, Tensor faults, BlockCache cache) {
        this(ops, faults, cache, NOBODY);
    }

    /**
     * Goes through all blocks.
     *
     * @param ops computes
     * @param faults I32 [blocks]: takes the count of each block's output
     */
    public Blocks(Ops ops, Tensor faults) {
        this(ops, faults, BlockCache.NONE);
    }

    /**
     * Goes through the blocks of a network that tells caches nothing, and counts behind each of
     * them, for which all of the stream is read once more.
     *
     * @param <B> a block
     * @param blocks in their order; each may be loaded as it is got
     * @param x the token stream, which each block updates
     * @param forward does what a block does
     */
    public <B> void run(List<? extends B> blocks, Tensor x, Consumer<B> forward) {
        run(
                blocks,
                x,
                signal -> {},
                (block, fault) -> {
                    forward.accept(block);
                    ops.countNonFinite(x, fault);
                });
    }

    /**
     * Goes through the blocks of a network that counts by itself, where it writes the stream for
     * the last time in a block ({@link Ops#addGated(Tensor, Tensor, Tensor, Tensor)}).
     *
     * @param <B> a block
     * @param blocks in their order; each may be loaded as it is got
     * @param x the token stream, which each block updates
     * @param signal writes what tells a cache how far the input has moved
     * @param forward does what a block does, and adds to an I32 [1] the number of values of its
     *     output that are not finite
     */
    public <B> void run(
            List<? extends B> blocks,
            Tensor x,
            Consumer<Tensor> signal,
            BiConsumer<B, Tensor> forward) {
        ops.fill(0, faults);
        if (cache.skipsAll(x, signal)) {
            return;
        }
        ops.spread(x);
        int index = 0;
        for (B block : blocks) {
            forward.accept(block, faults.rows(index, index + 1L));
            watcher.behind(index, x);
            if (index == 0 && cache.skipsRest(x)) {
                return;
            }
            index++;
        }
        cache.passed(x);
    }
}
