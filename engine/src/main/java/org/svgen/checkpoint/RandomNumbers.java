package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * Weights that nobody trained, all cut from one block of host memory, which {@link #close} frees.
 */
final class RandomNumbers implements AutoCloseable {
    private static final double DEVIATION = 0.02;
    private static final int PERIOD = (1 << 20) - 3; // odd, so that rows of a matrix differ
    private static final int STRIDE = 77_773;

    private final Arena arena = Arena.ofShared();
    private MemorySegment around0;
    private final MemorySegment around1;

    RandomNumbers() {
        this.around0 = drawn(0);
        this.around1 = drawn(1);
    }

    private MemorySegment drawn(float mean) {
        Random random = new Random(1);
        MemorySegment block = arena.allocate(2L * PERIOD * DType.BF16.bytes(), 64);
        for (long i = 0; i < PERIOD; i++) {
            float value = mean + (float) (DEVIATION * random.nextGaussian());
            short bits = BFloat16.fromFloat(value);
            block.setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
            block.setAtIndex(ValueLayout.JAVA_SHORT, i + PERIOD, bits);
        }
        return block;
    }

    /** The values around 0, repeated until there are enough of them. */
    private MemorySegment atLeast(long size) {
        while (around0.byteSize() < size) {
            long half = around0.byteSize();
            MemorySegment twice = arena.allocate(2 * half, 64);
            MemorySegment.copy(around0, 0, twice, 0, half);
            MemorySegment.copy(around0, 0, twice, half, half);
            around0 = twice;
        }
        return around0;
    }

    /**
     * The weight of that name, host BF16: the same each time, so that a layer that comes again as
     * it is streamed is the same layer.
     */
    Tensor of(String name, long... shape) {
        Shape dims = Shape.of(shape);
        long size = Tensor.bytes(DType.BF16, dims);
        long start = Math.floorMod((long) STRIDE * name.hashCode(), PERIOD);
        long from = start * DType.BF16.bytes();
        boolean factor = dims.rank() == 1 && name.endsWith("weight");
        MemorySegment block = factor ? around1 : atLeast(from + size);
        return Tensor.of(DType.BF16, block.asSlice(from, size), shape);
    }

    @Override
    public void close() {
        Arenas.close(arena);
    }
}
