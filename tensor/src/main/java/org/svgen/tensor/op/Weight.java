package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;

/**
 * What a product or a convolution multiplies by: a row of values for each output. Where the values
 * are not the numbers themselves, a scale or the format of their blocks makes them so.
 *
 * @param values [N, ...], of any floating point type; with blocks U8 [N, bytes of a row]
 * @param scale F32 [1], of all values, or [N], of each row; none where the values are the numbers
 * @param inputs in how many bits the inputs of a product are multiplied by them
 * @param blocks how a row's bytes are numbers; none where values are floats
 * @param dtype the type that numbers of a scale or of blocks, made in f32, are rounded to before
 *     they are multiplied: F32, F16 or BF16; of others the type of the values
 */
public record Weight(
        Tensor values,
        @Nullable Tensor scale,
        Inputs inputs,
        @Nullable BlockFormat blocks,
        DType dtype) {
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

    /**
     * Of floats; with a scale, in f32.
     *
     * @param values [N, ...], of any floating point type
     * @param scale F32 [1] or [N], or none
     * @param inputs in how many bits the inputs of a product are multiplied by them
     */
    public Weight(Tensor values, @Nullable Tensor scale, Inputs inputs) {
        this(values, scale, inputs, null, scale == null ? values.dtype() : DType.F32);
    }

    /** Checks types and shapes. */
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
        Check.that(
                blocks == null
                        || values.dtype() == DType.U8
                                && values.shape().rank() == 2
                                && values.size(1) % blocks.bytes() == 0
                                && scale == null,
                "weight is %s in blocks of %s, expected u8 [N, whole blocks] without a scale",
                values,
                String.valueOf(blocks));
        Check.that(
                scale == null && blocks == null
                        ? dtype == values.dtype()
                        : dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16,
                "weight is %s, expected no numbers of %s",
                values,
                dtype);
    }

    /**
     * {@return a weight without a scale}
     *
     * @param values [N, ...]
     */
    public static Weight of(Tensor values) {
        return new Weight(values, null);
    }

    /**
     * {@return a weight whose numbers are in blocks of few bits}
     *
     * @param bytes U8 [N, bytes of a row]
     * @param blocks their format
     * @param dtype the type that numbers are rounded to before they are multiplied
     */
    public static Weight of(Tensor bytes, BlockFormat blocks, DType dtype) {
        return new Weight(bytes, null, Inputs.FULL, blocks, dtype);
    }

    /** {@return what shares a scale} */
    public Scaling scaling() {
        if (scale == null) {
            return Scaling.NONE;
        }
        return scale.elements() == 1 ? Scaling.TENSOR : Scaling.ROWS;
    }

    /** {@return true if the values are the numbers themselves} */
    public boolean isPlain() {
        return scale == null && blocks == null;
    }

    /** {@return the dimensions of the numbers: [N, ...]} */
    public Shape shape() {
        return blocks == null
                ? values.shape()
                : Shape.of(
                        values.size(0), (long) values.size(1) / blocks.bytes() * blocks.numbers());
    }

    /**
     * {@return the size of dimension {@code i} of the numbers}
     *
     * @param i which dimension; -1 is the last
     */
    public int size(int i) {
        return shape().size(i);
    }

    /** {@return how many numbers there are} */
    public long elements() {
        return shape().elements();
    }

    /**
     * {@return the same rows with their values under another shape}
     *
     * @param dims the dimensions, of which the first stays
     */
    public Weight reshape(long... dims) {
        Check.that(dims[0] == size(0), "weight is %s, expected %s rows to stay", this, size(0));
        if (blocks != null) {
            Check.that(Shape.of(dims).equals(shape()), "weight is %s, expected its shape", this);
            return this;
        }
        return new Weight(values.reshape(dims), scale, inputs, null, dtype);
    }

    /**
     * {@return rows {@code from} (included) to {@code to} (excluded)}
     *
     * @param from the first row
     * @param to the row behind the last
     */
    public Weight rows(long from, long to) {
        Tensor part = values.rows(from, to);
        Tensor own = scale == null || scale.elements() == 1 ? scale : scale.rows(from, to);
        return new Weight(part, own, inputs, blocks, dtype);
    }

    /**
     * {@return the values, for a backend that has no place for a scale}
     *
     * @param backend its name, for the message
     * @throws BadInputException if there is a scale
     */
    public Tensor unscaled(String backend) {
        if (!isPlain()) {
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
    public Weight on(UnaryOperator<Tensor> tensors) {
        return new Weight(
                tensors.apply(values), Operands.on(scale, tensors), inputs, blocks, dtype);
    }

    @Override
    public String toString() {
        String bits = inputs == Inputs.FULL ? "" : ", for inputs of 8 bits";
        if (blocks != null) {
            return "%s %s".formatted(blocks, shape());
        }
        return scale == null
                ? values.toString()
                : "%s with a scale of %s%s".formatted(values, scale, bits);
    }
}
