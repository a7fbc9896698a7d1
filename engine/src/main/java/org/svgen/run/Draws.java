package org.svgen.run;

import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.random.TorchRandom;

/**
 * A run's random numbers, behind those that its condition took.
 *
 * @param numbers in one stream
 * @param rehearsal whether nothing is drawn
 */
record Draws(TorchRandom numbers, boolean rehearsal) {
    /** Fills {@code host} with normally distributed numbers. */
    void normal(Tensor host) {
        if (!rehearsal) {
            numbers.normal(host);
        }
    }

    void state(State state) {
        numbers.goOn(state.wholes("torch", numbers.state()));
    }
}
