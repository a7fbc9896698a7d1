package org.svgen.state;

import java.util.List;
import java.util.OptionalDouble;
import org.svgen.tensor.Tensor;

/**
 * What an object carries from step to step, passing by in one direction: it is kept, or it is given
 * back. The object says each of its values once, by {@code error = state.number("error", error)}.
 * Where values are kept, that returns what it was given; where they are given back, it returns what
 * was kept under that name. So the two ways cannot come apart.
 */
public interface State {
    /**
     * {@return the part of this with names of its own}
     *
     * @param name of the part
     */
    State part(String name);

    /**
     * {@return a whole number}
     *
     * @param name of it
     * @param now what it is
     */
    long whole(String name, long now);

    /**
     * {@return a number, bit by bit, but that all NaN are one}
     *
     * @param name of it
     * @param now what it is
     */
    double number(String name, double now);

    /**
     * {@return whether something is so}
     *
     * @param name of it
     * @param now what it is
     */
    default boolean flag(String name, boolean now) {
        return whole(name, now ? 1 : 0) != 0;
    }

    /**
     * {@return a number that may be unknown}
     *
     * @param name of it
     * @param now what it is
     */
    default OptionalDouble perhaps(String name, OptionalDouble now) {
        boolean known = flag(name + "_known", now.isPresent());
        return known ? OptionalDouble.of(number(name, now.orElse(0))) : OptionalDouble.empty();
    }

    /**
     * {@return short texts}
     *
     * @param name of them
     * @param now what they are
     */
    List<String> texts(String name, List<String> now);

    /**
     * {@return whole numbers, in a new array or the same one}
     *
     * @param name of them
     * @param now what they are
     */
    long[] wholes(String name, long... now);

    /**
     * {@return numbers, in a new array or the same one}
     *
     * @param name of them
     * @param now what they are
     */
    double[] numbers(String name, double... now);

    /**
     * The bytes of a tensor on the run's device or in host memory.
     *
     * @param name of it
     * @param tensor is read, or written to
     */
    void tensor(String name, Tensor tensor);
}
