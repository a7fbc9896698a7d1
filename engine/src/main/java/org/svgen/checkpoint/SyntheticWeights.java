package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.Backend;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * Random weights of any name and shape, to measure a model without its checkpoint: BF16, normally
 * distributed around 0 with the deviation that such models are initialised with, factors of norms
 * around 1. All are cut from one block of host memory, which {@link #close} frees.
 */
public final class SyntheticWeights implements WeightSource, AutoCloseable {
    private static final double DEVIATION = 0.02;
    private static final int PERIOD = (1 << 20) - 3; // odd, so that rows of a matrix differ
    private static final int STRIDE = 77_773;

    private final Arena arena = Arena.ofShared();
    private final Backend backend;
    private final MemorySegment around0;
    private final MemorySegment around1;
    private long bytes;
    private long start; // of the next weight, so that no two of them are alike

    /**
     * @param largest elements of the largest weight that will be asked for
     */
    public SyntheticWeights(Backend backend, long largest) {
        this.backend = backend;
        this.around0 = block(0, largest + PERIOD);
        this.around1 = block(1, 2 * PERIOD);
    }

    private MemorySegment block(float mean, long elements) {
        Random random = new Random(1);
        MemorySegment block = arena.allocate(elements * DType.BF16.bytes(), 64);
        long drawn = Math.min(elements, PERIOD);
        for (long i = 0; i < drawn; i++) {
            float value = mean + (float) (DEVIATION * random.nextGaussian());
            block.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.fromFloat(value));
        }
        for (long i = drawn; i < elements; i += drawn) {
            long count = Math.min(drawn, elements - i);
            MemorySegment.copy(block, 0, block, i * 2, count * 2);
        }
        return block;
    }

    /** Bytes of all weights that were asked for. */
    public long bytes() {
        return bytes;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public WeightSource at(String part) {
        return this;
    }

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Shape dims = Shape.of(shape);
        boolean factor = dims.rank() == 1 && name.endsWith("weight");
        MemorySegment block = factor ? around1 : around0;
        long size = Tensor.bytes(DType.BF16, dims);
        bytes += size;
        start = (start + STRIDE) % PERIOD;
        return backend.upload(Tensor.of(DType.BF16, block.asSlice(2 * start, size), shape));
    }

    @Override
    public Optional<Tensor> optional(String name, long... shape) {
        return Optional.of(tensor(name, shape));
    }

    @Override
    public void close() {
        arena.close();
    }
}
