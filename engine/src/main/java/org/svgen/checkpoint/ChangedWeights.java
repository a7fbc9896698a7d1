package org.svgen.checkpoint;

import java.util.Optional;
import java.util.Set;
import org.svgen.tensor.Shape;

/**
 * Weights that are others, changed one by one as they are asked for: rounded, merged with an
 * adapter, made of 8 bits and a scale. Such decorators go around each other in any order that gives
 * the wanted numbers. Where layers are streamed, a layer's weights are asked for again, so what is
 * changed must come out the same each time.
 */
public interface ChangedWeights extends StoredWeights {
    /** {@return the weights that are changed} */
    StoredWeights stored();

    /**
     * {@return what a weight becomes; itself if this is about others} Planning asks as well, so
     * what takes long belongs into a {@link ComputedTensor}.
     *
     * @param name of the weight
     * @param weight as it is stored
     */
    StoredWeight changed(String name, StoredWeight weight);

    @Override
    default Optional<StoredWeight> find(String name, Shape shape) {
        return stored().find(name, shape).map(weight -> changed(name, weight));
    }

    @Override
    default Set<String> names() {
        return stored().names();
    }

    @Override
    default boolean has(String name) {
        return stored().has(name);
    }

    @Override
    default String place(String name) {
        return stored().place(name);
    }
}
