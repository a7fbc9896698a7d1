package org.svgen.cache;

import java.util.OptionalDouble;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;

/**
 * A cache that begins every pass of the network and decides within it which blocks are left out.
 */
abstract class PassCache implements StepCache, BlockCache {
    private final Skippable skippable;
    private boolean first = true;
    private int step;
    private int inARow;
    private boolean skipped;
    private OptionalDouble figure = OptionalDouble.empty();

    PassCache(Skippable skippable) {
        this.skippable = skippable;
    }

    @Override
    public final boolean reuse(int newStep, Tensor sample, Tensor out) {
        step = newStep;
        figure = OptionalDouble.empty();
        skipped = false;
        return false;
    }

    @Override
    public void state(State state) {
        first = state.flag("first", first);
        inARow = (int) state.whole("in_a_row", inARow);
    }

    /** Whether no pass was whole yet. */
    final boolean first() {
        return first;
    }

    /** Whether this pass may leave blocks out, but for how many did so right before it. */
    final boolean open() {
        return !first && skippable.allows(step, 0);
    }

    /**
     * Decides about a pass that is {@link #open}.
     *
     * @param found goes into the report
     * @param small whether it is small enough
     * @return whether blocks are left out
     */
    final boolean skips(double found, boolean small) {
        figure = OptionalDouble.of(found);
        skipped = small && skippable.allows(step, inARow);
        inARow += skipped ? 1 : 0;
        return skipped;
    }

    /** This pass is whole. */
    final void whole() {
        first = false;
        inARow = 0;
    }

    @Override
    public final void computed(int computedStep, Tensor sample, Tensor out) {}

    @Override
    public final BlockCache blocks() {
        return this;
    }

    @Override
    public final boolean skippedBlocks() {
        return skipped;
    }

    @Override
    public final OptionalDouble figure() {
        return figure;
    }
}
