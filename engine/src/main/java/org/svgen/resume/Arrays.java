package org.svgen.resume;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Arrays as tensors on the heap, and back, bit by bit. */
final class Arrays {
    private Arrays() {}

    static Tensor of(long... values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(8, values.length)]);
        MemorySegment.copy(values, 0, bytes, ValueLayout.JAVA_LONG_UNALIGNED, 0, values.length);
        return Tensor.of(DType.I64, bytes, values.length);
    }

    static Tensor of(double... values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(8, values.length)]);
        MemorySegment.copy(values, 0, bytes, ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, values.length);
        return Tensor.of(DType.F64, bytes, values.length);
    }

    static long[] wholes(Tensor stored) {
        return stored.host().toArray(ValueLayout.JAVA_LONG);
    }

    static double[] numbers(Tensor stored) {
        return stored.host().toArray(ValueLayout.JAVA_DOUBLE);
    }
}
