package org.svgen.checkpoint;

import java.util.Optional;
import org.svgen.tensor.Backend;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/** Gives a model its weights by name, checked and on the device that computes. */
public interface WeightSource {
    /** Where the weights are readable. */
    Backend backend();

    /** The weights whose names begin with {@code part} and a dot, by the rest of their names. */
    WeightSource at(String part);

    boolean has(String name);

    /**
     * A weight of type f32, f16 or bf16.
     *
     * @throws BadInputException if it is missing, of another shape, or of a type that is not
     *     computed with, naming file and tensor
     */
    Tensor tensor(String name, long... shape);

    /** As {@link #tensor}, or empty if there is no such weight. */
    Optional<Tensor> optional(String name, long... shape);
}
