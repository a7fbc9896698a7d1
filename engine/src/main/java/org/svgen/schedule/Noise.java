package org.svgen.schedule;

import org.svgen.tensor.Tensor;

/** Fresh standard normal numbers for stochastic steps. */
@FunctionalInterface
public interface Noise {
    /** Fills {@code out}, which is laid out as the sample, with the next numbers of the stream. */
    void draw(Tensor out);
}
