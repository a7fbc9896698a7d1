package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;

/**
 * The elements of a host tensor, read and written as floats in runs. Kernels compute on arrays:
 * those have no alignment, lifetime or type to check in an inner loop.
 */
record Floats(DType dtype, MemorySegment segment) {
    static Floats of(Tensor tensor) {
        switch (tensor.dtype()) {
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> {}
            default ->
                    throw new IllegalArgumentException(
                            "expected floating point, found " + tensor.dtype());
        }
        return new Floats(tensor.dtype(), tensor.host());
    }

    /** All elements of a small tensor, in an array with room for whole vectors. */
    static float[] all(Tensor tensor) {
        int n = Math.toIntExact(tensor.elements());
        float[] to = new float[Simd.roundUp(n)];
        of(tensor).load(0, to, 0, n);
        return to;
    }

    /** {@code to[at + i] = element from + i}. */
    void load(long from, float[] to, int at, int n) {
        switch (dtype) {
            case F32 ->
                    MemorySegment.copy(
                            segment, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * from, to, at, n);
            case BF16 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = BFloat16.toFloat(segment.get(SHORT, 2 * (from + i)));
                }
            }
            case F16 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Float.float16ToFloat(segment.get(SHORT, 2 * (from + i)));
                }
            }
            default -> loadRare(from, to, at, n);
        }
    }

    /** Types of which no activation is. */
    private void loadRare(long from, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] =
                    switch (dtype) {
                        case F8_E4M3 -> Float8.e4m3(segment.get(BYTE, from + i));
                        case F8_E5M2 -> Float8.e5m2(segment.get(BYTE, from + i));
                        default -> (float) segment.get(DOUBLE, 8 * (from + i));
                    };
        }
    }

    /** {@code element to + i = from[at + i]}. */
    void store(float[] from, int at, long to, int n) {
        switch (dtype) {
            case F32 ->
                    MemorySegment.copy(
                            from, at, segment, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * to, n);
            case BF16 -> {
                for (int i = 0; i < n; i++) {
                    segment.set(SHORT, 2 * (to + i), BFloat16.fromFloat(from[at + i]));
                }
            }
            case F16 -> {
                for (int i = 0; i < n; i++) {
                    segment.set(SHORT, 2 * (to + i), Float.floatToFloat16(from[at + i]));
                }
            }
            case F64 -> {
                for (int i = 0; i < n; i++) {
                    segment.set(DOUBLE, 8 * (to + i), from[at + i]);
                }
            }
            default -> throw new IllegalArgumentException("nothing is rounded to " + dtype);
        }
    }

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
}
