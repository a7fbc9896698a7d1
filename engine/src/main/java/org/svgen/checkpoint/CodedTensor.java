package org.svgen.checkpoint;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;

/**
 * A tensor that lies in host memory in fewer bits than its numbers have: blocks, or 8-bit floats,
 * perhaps with a scale. Whoever reads rows reads the numbers. A product can be given the bits as
 * they are ({@link WeightSource#weight}), and elsewhere they become numbers when they are put.
 *
 * @param bits U8 of whole blocks, or F8_E4M3 or F8_E5M2 of the tensor's shape; they live as long as
 *     who gave them says, and are without bytes in a plan
 * @param blocks how the bytes are numbers; none of 8-bit floats
 * @param scale F32 [1] or a number a row, by which 8-bit floats are multiplied in f32; none where
 *     they are the numbers
 * @param shape the dimensions of the numbers
 */
public record CodedTensor(
        Tensor bits, @Nullable BlockFormat blocks, @Nullable HostTensor scale, Shape shape)
        implements HostTensor {
    /** Checks that nothing is null that must be there. */
    public CodedTensor {
        Objects.requireNonNull(bits, "bits");
        Objects.requireNonNull(shape, "shape");
    }

    /**
     * {@return 8-bit floats}
     *
     * @param bits F8_E4M3 or F8_E5M2
     * @param scale F32 [1] or a number a row, or none
     */
    public static CodedTensor of(Tensor bits, @Nullable HostTensor scale) {
        return new CodedTensor(bits, null, scale, bits.shape());
    }

    /** Of the numbers: a type that has room for all of them, or what they are computed in. */
    @Override
    public DType dtype() {
        return blocks == null && scale == null ? DType.BF16 : DType.F32;
    }

    @Override
    public float[] row(int row) {
        int count = Math.toIntExact(rows() == 0 ? 0 : shape.elements() / rows());
        if (blocks != null) {
            float[] numbers = new float[count];
            blocks.decode(bits.host(), (long) row * count, count, numbers, 0);
            return numbers;
        }
        float[] numbers = bits.reshape(rows(), count).get(row).toFloats();
        if (scale != null) {
            float[] all = scale.row(0);
            float factor = all[all.length == 1 ? 0 : row];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] *= factor;
            }
        }
        return numbers;
    }

    /** {@return true if a product can take the bits: a matrix, of whole blocks in each row} */
    public boolean isMatrix() {
        return shape.rank() == 2
                && rows() > 0
                && (blocks == null || shape.size(1) % blocks.numbers() == 0);
    }

    /** The bits, a row of them for each row of numbers. */
    Tensor byRow() {
        return bits.reshape(rows(), bits.elements() / rows());
    }

    /**
     * {@return rows of a matrix that lie together}
     *
     * @param from the first
     * @param to the one behind the last
     * @param ofScale the scale of these rows
     */
    public CodedTensor rows(int from, int to, @Nullable HostTensor ofScale) {
        Tensor part = byRow().rows(from, to);
        return new CodedTensor(part, blocks, ofScale, Shape.of((long) to - from, shape.size(1)));
    }

    /** The numbers, computed when they are put. */
    ComputedTensor computed() {
        return new ComputedTensor(dtype(), shape, this::row);
    }

    /** By what 8-bit floats are multiplied: 1 where they are the numbers. */
    HostTensor factor() {
        return scale != null
                ? scale
                : new ComputedTensor(DType.F32, Shape.of(1), _ -> new float[] {1});
    }
}
