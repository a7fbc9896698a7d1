package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;

/**
 * What a product or a convolution multiplies by: a row of values for each output and, where the
 * values are not the numbers themselves, a scale that makes them so.
 *
 * @param values [N, ...], of any floating point type
 * @param scale F32 [1], of all values, or [N], of each row; none where the values are the numbers
 * @param inputs in how many bits the inputs of a product are multiplied by them
 */
public record Weight(Tensor values, @Nullable Tensor scale, Inputs inputs) {
    /** What shares a scale. */
    public enum Scaling {
        /** Nothing: there is none. */
        NONE,
        /** All values. */
        TENSOR,
        /** Each row. */
        ROWS
    }

    /** In how many bits the inputs of a product are multiplied. Sums are in f32. */
    public enum Inputs {
        /** In those that they come in. */
        FULL,
        /**
         * In 8: a product rounds each row of its inputs to e4m3, with the scale of {@link
         * Float8#scale}. The values are e4m3 with a scale of each row. Of normally distributed
         * numbers the product is within 0.04 of the exact one, as the norm of the difference over
         * the norm of the product.
         */
        EIGHT_BITS
    }

    /**
     * With inputs as they come.
     *
     * @param values [N, ...], of any floating point type
     * @param scale F32 [1] or [N], or none
     */
    public Weight(Tensor values, @Nullable Tensor scale) {
        this(values, scale, Inputs.FULL);
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
        Check.that(
                inputs == Inputs.FULL
                        || values.dtype() == DType.F8_E4M3
                                && scale != null
                                && scale.size(0) == values.size(0),
                "weight is %s with a scale of %s, expected f8_e4m3 with a scale of each row",
                values,
                String.valueOf(scale));
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
        return new Weight(values.reshape(dims), scale, inputs);
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
                ? new Weight(part, scale, inputs)
                : new Weight(part, scale.rows(from, to), inputs);
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
        return new Weight(tensors.apply(values), Operands.on(scale, tensors), inputs);
    }

    @Override
    public String toString() {
        String bits = inputs == Inputs.FULL ? "" : ", for inputs of 8 bits";
        return scale == null
                ? values.toString()
                : "%s with a scale of %s%s".formatted(values, scale, bits);
    }
}
