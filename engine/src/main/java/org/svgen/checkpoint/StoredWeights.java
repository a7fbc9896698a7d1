package org.svgen.checkpoint;

import java.util.Optional;
import java.util.Set;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * The weights of a component by their whole names, before they are where they are used: what a file
 * format is, and what {@linkplain ChangedWeights decorators} change. Models see a {@link
 * WeightSource}.
 */
public interface StoredWeights {
    /**
     * {@return the weights in files that are open}
     *
     * @param tensors the files, open as long as the weights are used
     */
    static StoredWeights of(SafeTensors tensors) {
        return new FileWeights(tensors);
    }

    /** {@return the names of all weights; of none where any name will do} */
    Set<String> names();

    /**
     * {@return true if there is such a weight}
     *
     * @param name of the weight
     */
    boolean has(String name);

    /**
     * {@return a weight, or empty if there is none}
     *
     * @param name of the weight
     * @param shape that the model expects; what is found may have another
     * @throws BadInputException if it is of a type that no tensor can have, naming file and tensor
     */
    Optional<StoredWeight> find(String name, Shape shape);

    /**
     * {@return where a weight is stored, for messages; where all are if there is no such weight}
     *
     * @param name of the weight
     */
    String place(String name);
}
