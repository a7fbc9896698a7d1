package org.svgen.checkpoint;

import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;

/**
 * A tensor for the host to read: one that lies in memory, such as a mapped file, perhaps in fewer
 * bits than its numbers have, or one that is computed when it is asked for. Reading it as rows is
 * how one is made of another.
 */
public sealed interface HostTensor permits MappedTensor, ComputedTensor, CodedTensor {
    /** {@return the type of its numbers} */
    DType dtype();

    /** {@return its dimensions} */
    Shape shape();

    /**
     * {@return a row as floats: what belongs to one index of the first dimension; all numbers where
     * there is only one dimension}
     *
     * @param row from 0 to {@link #rows} - 1
     */
    float[] row(int row);

    /** {@return how many rows there are} */
    default int rows() {
        return shape().rank() < 2 ? 1 : shape().size(0);
    }
}
