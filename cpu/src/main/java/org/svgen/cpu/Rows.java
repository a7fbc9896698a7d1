package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.block.BlockFormat;
import org.svgen.tensor.op.Weight;

/**
 * The rows of a matrix as floats: those of a tensor, or image patches gathered as they are read.
 */
@FunctionalInterface
interface Rows {
    /** {@code to[at + i] = element (row, from + i)}. */
    void load(int row, int from, int count, float[] to, int at);

    /** Rows of {@code width} consecutive elements. */
    static Rows of(Floats x, int width) {
        return (row, from, count, to, at) -> x.load((long) row * width + from, to, at, count);
    }

    /** The rows of a weight, each of {@code width} numbers, which are made as they are read. */
    static Rows of(Weight weight, int width) {
        if (weight.isPlain()) {
            return of(Floats.of(weight.values()), width);
        }
        BlockFormat blocks = weight.blocks();
        Rows numbers = blocks == null ? scaled(weight, width) : ofBlocks(weight, blocks, width);
        return switch (weight.dtype()) {
            case BF16 -> rounded(numbers, BFloat16::round);
            case F16 -> rounded(numbers, x -> Float.float16ToFloat(Float.floatToFloat16(x)));
            default -> numbers;
        };
    }

    private static Rows ofBlocks(Weight weight, BlockFormat blocks, int width) {
        MemorySegment bytes = weight.values().host();
        return (row, from, count, to, at) ->
                blocks.decode(bytes, (long) row * width + from, count, to, at);
    }

    /** As a tensor of few bits would have them. */
    private static Rows rounded(Rows numbers, UnaryFloat round) {
        return (row, from, count, to, at) -> {
            numbers.load(row, from, count, to, at);
            for (int i = at; i < at + count; i++) {
                to[i] = round.of(to[i]);
            }
        };
    }

    /** Of a number, another. */
    @FunctionalInterface
    interface UnaryFloat {
        float of(float x);
    }

    private static Rows scaled(Weight weight, int width) {
        Rows values = of(Floats.of(weight.values()), width);
        if (weight.scale() == null) {
            return values;
        }
        float[] scale = Floats.all(weight.scale());
        boolean one = weight.scaling() == Weight.Scaling.TENSOR;
        return (row, from, count, to, at) -> {
            values.load(row, from, count, to, at);
            float factor = scale[one ? 0 : row];
            for (int i = at; i < at + count; i++) {
                to[i] *= factor;
            }
        };
    }
}
