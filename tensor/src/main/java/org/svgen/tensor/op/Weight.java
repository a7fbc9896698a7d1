package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * What a product or a convolution multiplies by: a row of values for each output and, where the
 * values are not the numbers themselves, a scale that makes them so.
 *
 * @param values [N, ...], of any floating point type
 * @param scale F32 [1], of all values, or [N], of each row; none where the values are the numbers
 */
public record Weight(Tensor values, @Nullable Tensor scale) {
    /** What shares a scale. */
    public enum Scaling {
        /** Nothing: there is none. */
        NONE,
        /** All values. */
        TENSOR,
        /** Each row. */
        ROWS
    }

    /** Checks type and shape of the scale. */
    public Weight {
        Check.that(values.shape().rank() >= 2, "weight is %s, expected rank 2 or more", values);
        if (scale != null) {
            int n = values.size(0);
            Check.that(
                    scale.dtype() == DType.F32
                            && scale.shape().rank() == 1
                            && (scale.size(0) == 1 || scale.size(0) == n),
                    "scale is %s, expected f32 [1] or [%s]",
                    scale,
                    n);
        }
    }

    /**
     * {@return a weight without a scale}
     *
     * @param values [N, ...]
     */
    public static Weight of(Tensor values) {
        return new Weight(values, null);
    }

    /** {@return what shares a scale} */
    public Scaling scaling() {
        if (scale == null) {
            return Scaling.NONE;
        }
        return scale.elements() == 1 ? Scaling.TENSOR : Scaling.ROWS;
    }

    /**
     * {@return the size of dimension {@code i} of the values}
     *
     * @param i which dimension; -1 is the last
     */
    public int size(int i) {
        return values.size(i);
    }

    /** {@return how many values there are} */
    public long elements() {
        return values.elements();
    }

    /**
     * {@return the same rows with their values under another shape}
     *
     * @param dims the dimensions, of which the first stays
     */
    public Weight reshape(long... dims) {
        Check.that(dims[0] == size(0), "weight is %s, expected %s rows to stay", values, size(0));
        return new Weight(values.reshape(dims), scale);
    }

    /**
     * {@return rows {@code from} (included) to {@code to} (excluded)}
     *
     * @param from the first row
     * @param to the row behind the last
     */
    public Weight rows(long from, long to) {
        Tensor part = values.rows(from, to);
        return scale == null || scale.elements() == 1
                ? new Weight(part, scale)
                : new Weight(part, scale.rows(from, to));
    }

    /**
     * {@return the values, for a backend that has no place for a scale}
     *
     * @param backend its name, for the message
     * @throws BadInputException if there is a scale
     */
    public Tensor unscaled(String backend) {
        if (scale != null) {
            throw new BadInputException(
                    "%s: expected weights without a scale, found %s; the cpu computes with them"
                            .formatted(backend, this));
        }
        return values;
    }

    /**
     * {@return a weight of other tensors of the same types and shapes}
     *
     * @param tensors gives the tensor that takes the place of one: of the values, then of the scale
     */
    Weight on(UnaryOperator<Tensor> tensors) {
        return new Weight(tensors.apply(values), Operands.on(scale, tensors));
    }

    @Override
    public String toString() {
        return scale == null ? values.toString() : "%s with a scale of %s".formatted(values, scale);
    }
}
