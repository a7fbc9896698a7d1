package org.svgen.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Refuses shapes that do not agree. */
public final class Check {
    private Check() {}

    /** {@code tensor}, if there is one, has these dimensions. */
    public static void shape(String name, @Nullable Tensor tensor, long... dims) {
        if (tensor != null && !Arrays.equals(tensor.shape().dims(), dims)) {
            throw new IllegalArgumentException(
                    "%s is %s, expected %s".formatted(name, tensor, Arrays.toString(dims)));
        }
    }

    /** {@code tensor} has this many elements, in whatever dimensions. */
    public static void elements(String name, Tensor tensor, long elements) {
        if (tensor.elements() != elements) {
            throw new IllegalArgumentException(
                    "%s is %s, expected %d elements".formatted(name, tensor, elements));
        }
    }

    /** Anything else; {@code message} is formatted with {@code values} if it does not hold. */
    @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations
    public static void that(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(values));
        }
    }

    /** {@code tensor} has this many dimensions. */
    public static void rank(String name, Tensor tensor, int rank) {
        that(tensor.shape().rank() == rank, "%s is %s, expected rank %s", name, tensor, rank);
    }
}
