package org.svgen.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Refuses shapes that do not agree. */
public final class Check {
    private Check() {}

    /**
     * {@code tensor}, if there is one, has these dimensions.
     *
     * @param name of the tensor, for the message
     * @param tensor the tensor; none is fine
     * @param dims that it must have
     */
    public static void shape(String name, @Nullable Tensor tensor, long... dims) {
        if (tensor != null && !Arrays.equals(tensor.shape().dims(), dims)) {
            throw new IllegalArgumentException(
                    "%s is %s, expected %s".formatted(name, tensor, Arrays.toString(dims)));
        }
    }

    /**
     * {@code tensor} has this many elements, in whatever dimensions.
     *
     * @param name of the tensor, for the message
     * @param tensor the tensor
     * @param elements that it must have
     */
    public static void elements(String name, Tensor tensor, long elements) {
        if (tensor.elements() != elements) {
            throw new IllegalArgumentException(
                    "%s is %s, expected %d elements".formatted(name, tensor, elements));
        }
    }

    /**
     * Anything else; {@code message} is formatted with {@code values} if it does not hold.
     *
     * @param holds what must hold
     * @param message what is said if not, a format
     * @param values of the format
     */
    @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations
    public static void that(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(values));
        }
    }

    /**
     * {@code tensor} has this many dimensions.
     *
     * @param name of the tensor, for the message
     * @param tensor the tensor
     * @param rank that it must have
     */
    public static void rank(String name, Tensor tensor, int rank) {
        that(tensor.shape().rank() == rank, "%s is %s, expected rank %s", name, tensor, rank);
    }
}
