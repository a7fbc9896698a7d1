package org.svgen.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Weight;

/** Gives a model its weights by name, checked and on the device that computes. */
public interface WeightSource {
    /**
     * {@return weights that are put into {@code memory} as they are asked for}
     *
     * @param stored the weights of a component
     * @param memory where they go
     */
    static WeightSource of(StoredWeights stored, WeightMemory memory) {
        return new LoadedWeights(stored, memory, "");
    }

    /** {@return where the weights are readable} */
    Backend backend();

    /**
     * {@return the weights whose names begin with {@code part} and a dot, by the rest of their
     * names}
     *
     * @param part a prefix of names, without its dot
     */
    WeightSource at(String part);

    /**
     * {@return true if there is such a weight}
     *
     * @param name of the weight
     */
    boolean has(String name);

    /**
     * {@return a weight of type f32, f16 or bf16}
     *
     * @param name of the tensor, for the message
     * @param shape its dimensions
     * @throws BadInputException if it is missing, of another shape, or of a type that is not
     *     computed with, naming file and tensor
     */
    Tensor tensor(String name, long... shape);

    /**
     * {@return what a product or a convolution multiplies by, as {@link #tensor}; perhaps of 8 bits
     * with a scale}
     *
     * @param name of the tensor, for the message
     * @param shape its dimensions
     * @throws BadInputException as {@link #tensor}
     */
    Weight weight(String name, long... shape);

    /**
     * {@return the layers of a model in the order of their use, {@code load} making each; see
     * {@link WeightMemory#layers}}
     *
     * @param <T> a layer of the model
     * @param count how many
     * @param load makes the layer of an index
     */
    <T> List<T> layers(int count, IntFunction<T> load);

    /**
     * Says that {@code part} has blocks 0 to {@code count} - 1.
     *
     * @param part a prefix of names, without its dot
     * @param count how many
     * @throws BadInputException if there are weights of one more, so that the config is not theirs
     */
    void blocksEnd(String part, int count);

    /**
     * As {@link #tensor}, or empty if there is no such weight.
     *
     * @param name of the weight
     * @param shape that it must have
     * @return the weight, or empty
     */
    Optional<Tensor> optional(String name, long... shape);
}
