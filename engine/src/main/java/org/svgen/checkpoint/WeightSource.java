package org.svgen.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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

    /**
     * The layers of a model in the order of their use, {@code load} making each; see {@link
     * WeightMemory#layers}.
     */
    default <T> List<T> layers(int count, IntFunction<T> load) {
        return IntStream.range(0, count).mapToObj(load).toList();
    }

    /**
     * Says that {@code part} has blocks 0 to {@code count} - 1.
     *
     * @throws BadInputException if there are weights of one more, so that the config is not theirs
     */
    default void blocksEnd(String part, int count) {}

    /** As {@link #tensor}, or empty if there is no such weight. */
    Optional<Tensor> optional(String name, long... shape);
}
