package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * A tensor that is computed, row by row, when it is put where it is used; a plan computes nothing.
 *
 * @param dtype the type that its numbers have if nothing else is asked for: F32, F16, BF16 or
 *     F8_E4M3
 * @param shape its dimensions
 * @param maker computes a row as floats; called by several threads, and again if the tensor is
 *     needed again
 */
public record ComputedTensor(DType dtype, Shape shape, IntFunction<float[]> maker)
        implements HostTensor {
    /** Checks that nothing is null. */
    public ComputedTensor {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(maker, "maker");
    }

    @Override
    public float[] row(int row) {
        return maker.apply(row);
    }

    /**
     * {@return its numbers, each rounded once}
     *
     * @param type F32, F16, BF16 or F8_E4M3
     * @param arena owns the memory; shared, since several threads write
     */
    Tensor in(DType type, Arena arena) {
        return into(Tensor.zeros(arena, type, shape.dims()));
    }

    /**
     * {@return its numbers, each rounded once, in memory that is there}
     *
     * @param all of its shape, of F32, F16, BF16 or F8_E4M3; several threads write
     */
    Tensor into(Tensor all) {
        Tensor byRow = all.reshape(rows(), shape.elements() / rows());
        IntStream.range(0, rows()).parallel().forEach(r -> put(row(r), byRow.get(r)));
        return all;
    }

    static void put(float[] from, Tensor to) {
        MemorySegment s = to.host();
        switch (to.dtype()) {
            case F32 ->
                    MemorySegment.copy(
                            from, 0, s, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, from.length);
            case BF16 -> {
                for (int i = 0; i < from.length; i++) {
                    s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, BFloat16.fromFloat(from[i]));
                }
            }
            case F16 -> {
                for (int i = 0; i < from.length; i++) {
                    s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(from[i]));
                }
            }
            case F8_E4M3 -> {
                byte[] bits = new byte[from.length];
                Float8.toE4m3(from, bits);
                MemorySegment.copy(bits, 0, s, ValueLayout.JAVA_BYTE, 0, bits.length);
            }
            default ->
                    throw new IllegalArgumentException(
                            "expected f32, f16, bf16 or f8_e4m3, found " + to.dtype());
        }
    }
}
