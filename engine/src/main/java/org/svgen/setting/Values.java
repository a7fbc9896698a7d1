package org.svgen.setting;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The values that a setting takes, and how they are written: in a program as {@code T}, in a file
 * as plain values (true, false, a number, a text), on a command line as text.
 *
 * @param <T> of the values
 */
public interface Values<T> {
    /**
     * {@return whether {@code value} is one of them}
     *
     * @param value of the type
     */
    boolean takes(T value);

    /** {@return what they are, as messages say it: {@code a number from 0 to 1000}} */
    String expected();

    /**
     * {@return the value that a file means, whether or not it is one of them; none if it is of
     * another kind}
     *
     * @param plain a {@link Boolean}, a {@link Number} or a {@link String}
     */
    Optional<T> read(Object plain);

    /**
     * {@return the value that a user wrote, whether or not it is one of them; none if it is of
     * another kind}
     *
     * @param text what a user wrote
     */
    Optional<T> parse(String text);

    /**
     * {@return the value as files hold it, which {@link #read} reads}
     *
     * @param value one of them
     */
    Object plain(T value);

    /** {@return true or false} */
    static Values<Boolean> flags() {
        return new Flags();
    }

    /** {@return any text} */
    static Values<String> texts() {
        return new Texts();
    }

    /**
     * {@return whole numbers of at least {@code from}}
     *
     * @param from the least of them
     */
    static Values<Integer> wholeFrom(int from) {
        return new WholeNumbers(from, Integer.MAX_VALUE);
    }

    /**
     * {@return whole numbers}
     *
     * @param from the least of them
     * @param to the greatest of them
     */
    static Values<Integer> whole(int from, int to) {
        return new WholeNumbers(from, to);
    }

    /**
     * {@return numbers, both ends included}
     *
     * @param from the least of them
     * @param to the greatest of them; infinity is one of them where it is that
     */
    static Values<Double> numbers(double from, double to) {
        return new RealNumbers(from, false, to);
    }

    /**
     * {@return numbers, both ends included, or {@code auto}: none, so that the model chooses}
     *
     * @param from the least of them
     * @param to the greatest of them
     */
    static Values<OptionalDouble> numbersOrAuto(double from, double to) {
        return new AutoNumbers(numbers(from, to));
    }

    /**
     * {@return lists of numbers, each smaller than the one before, or {@code auto}: none, so that
     * the model chooses}
     *
     * @param numbers that may be in a list
     * @param most of them in a list
     */
    static Values<List<Double>> falling(Values<Double> numbers, int most) {
        return new FallingNumbers(Objects.requireNonNull(numbers, "numbers"), most);
    }

    /**
     * {@return as many whole numbers from 1 on as there are axes, such as {@code 6x8x8}, or {@code
     * auto}: none}
     *
     * @param axes how many numbers
     */
    static Values<List<Integer>> sizesOrAuto(int axes) {
        return new Sizes(axes);
    }

    /**
     * {@return numbers above {@code from}, up to {@code to}}
     *
     * @param from below all of them
     * @param to the greatest of them
     */
    static Values<Double> numbersAbove(double from, double to) {
        return new RealNumbers(from, true, to);
    }

    /**
     * {@return some values, each named by its {@code toString}; letters of either case are read}
     *
     * @param <T> of the values
     * @param choices all of them
     */
    static <T> Values<T> of(List<T> choices) {
        return Choices.of(choices);
    }

    /**
     * {@return some values, each with a name; letters of either case are read}
     *
     * @param <T> of the values
     * @param choices all of them
     * @param name gives the name of a value
     */
    static <T> Values<T> named(List<T> choices, Function<T, String> name) {
        Objects.requireNonNull(choices, "choices");
        Objects.requireNonNull(name, "name");
        return new Choices<>(choices, choices.stream().map(name).toList());
    }
}
