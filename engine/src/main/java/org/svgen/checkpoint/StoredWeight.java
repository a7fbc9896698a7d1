package org.svgen.checkpoint;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.op.Weight.Inputs;

/**
 * A weight before it is where it is used.
 *
 * @param values as they are stored or computed
 * @param dtype the type that the values are to have where they are used
 * @param scale that the values are multiplied by where they are used, F32 [1] or a number a row;
 *     none where they are the numbers themselves
 * @param inputs in how many bits the inputs of a product are multiplied by them
 */
public record StoredWeight(
        HostTensor values, DType dtype, @Nullable HostTensor scale, Inputs inputs) {
    /** Checks that nothing is null that must be there. */
    public StoredWeight {
        Objects.requireNonNull(values, "values");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(inputs, "inputs");
    }

    /**
     * For inputs as they come.
     *
     * @param values as they are stored or computed
     * @param dtype the type that the values are to have where they are used
     * @param scale that the values are multiplied by, if any
     */
    public StoredWeight(HostTensor values, DType dtype, @Nullable HostTensor scale) {
        this(values, dtype, scale, Inputs.FULL);
    }

    /**
     * {@return a weight without a scale, used as it is}
     *
     * @param values its numbers
     */
    public static StoredWeight of(HostTensor values) {
        return new StoredWeight(values, values.dtype(), null);
    }

    /** {@return the dimensions of the values} */
    public Shape shape() {
        return values.shape();
    }
}
