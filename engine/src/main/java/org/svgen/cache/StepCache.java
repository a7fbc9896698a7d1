package org.svgen.cache;

import java.util.OptionalDouble;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;

/**
 * Decides at each step whether the network computes it. One cache serves one expert of one run, and
 * is told of its steps in order. One decision holds for all branches of guidance: if they were
 * decided apart, guidance would enlarge the difference.
 */
public interface StepCache {
    /** Has every step computed. */
    StepCache NONE =
            new StepCache() {
                @Override
                public boolean reuse(int step, Tensor sample, Tensor out) {
                    return false;
                }

                @Override
                public void computed(int step, Tensor sample, Tensor out) {}

                @Override
                public void state(State state) {}
            };

    /**
     * Begins a step, and perhaps gives its output.
     *
     * @param step which step of the run, from 0
     * @param sample F32, what the network would see; one element
     * @param out F32, takes the output, laid out as the sample: an element for each branch of
     *     guidance, the one with the prompt last
     * @return whether {@code out} is filled, so that the network need not compute
     */
    boolean reuse(int step, Tensor sample, Tensor out);

    /**
     * Keeps what the network computed.
     *
     * @param step which step of the run, from 0
     * @param sample F32, what the network saw
     * @param out F32, what it gave for each branch
     */
    void computed(int step, Tensor sample, Tensor out);

    /**
     * What this carries from step to step passes by.
     *
     * @param state keeps it, or gives it back
     */
    void state(State state);

    /** {@return what decides within the pass of a step that {@link #reuse} did not give} */
    default BlockCache blocks() {
        return BlockCache.NONE;
    }

    /** {@return whether the last pass left blocks out} */
    default boolean skippedBlocks() {
        return false;
    }

    /**
     * {@return the figure that decided about the last step, which is compared with the threshold;
     * none where nothing was to decide}
     */
    default OptionalDouble figure() {
        return OptionalDouble.empty();
    }
}
