package org.svgen.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/**
 * Random weights of any name and shape, to measure a model without its checkpoint: BF16, normally
 * distributed around 0 with the deviation that such models are initialised with, factors of norms
 * around 1. {@link #close} ends their lives.
 */
public final class SyntheticWeights implements WeightSource, AutoCloseable {
    private final RandomNumbers numbers;
    private final WeightMemory memory;
    private long bytes;

    /**
     * Weights that are drawn as they are asked for.
     *
     * @param backend that will read the weights
     */
    public SyntheticWeights(Backend backend) {
        this(new RandomNumbers(), WeightMemory.resident(backend));
    }

    /**
     * @param numbers where the weights come from
     * @param memory where they go
     */
    SyntheticWeights(RandomNumbers numbers, WeightMemory memory) {
        this.numbers = numbers;
        this.memory = memory;
    }

    /** {@return bytes of all weights that were asked for} */
    public long bytes() {
        return bytes;
    }

    @Override
    public Backend backend() {
        return memory.backend();
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
    public <T> List<T> layers(int count, IntFunction<T> load) {
        return memory.layers(count, load);
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor host = numbers.next(name, shape);
        bytes += host.bytes();
        return memory.put(host, DType.BF16);
    }

    @Override
    public Optional<Tensor> optional(String name, long... shape) {
        return Optional.of(tensor(name, shape));
    }

    @Override
    public void close() {
        memory.close();
        numbers.close();
    }
}
