package org.svgen.schedule;

import org.svgen.tensor.Tensor;

/** Fresh standard normal numbers for stochastic steps. */
@FunctionalInterface
public interface Noise {
    /**
     * Fills {@code out}, which is laid out as the sample, with the next numbers of the stream.
     *
     * @param out takes the numbers
     */
    void draw(Tensor out);
}
