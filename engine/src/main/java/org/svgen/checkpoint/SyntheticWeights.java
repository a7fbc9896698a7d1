package org.svgen.checkpoint;

import java.util.Optional;
import java.util.Set;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * Random weights of any name and shape, to measure a model without its checkpoint: BF16, normally
 * distributed around 0 with the deviation that such models are initialised with, factors of norms
 * around 1. A name has the same weights each time. {@link #close} ends their lives.
 */
public final class SyntheticWeights implements StoredWeights, AutoCloseable {
    private final RandomNumbers numbers = new RandomNumbers();
    private long bytes;

    /** Nothing drawn yet. */
    public SyntheticWeights() {}

    /** {@return bytes of all weights that were asked for} */
    public long bytes() {
        return bytes;
    }

    @Override
    public Set<String> names() {
        return Set.of();
    }

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Optional<StoredWeight> find(String name, Shape shape) {
        Tensor drawn = numbers.of(name, shape.dims());
        bytes += drawn.bytes();
        return Optional.of(StoredWeight.of(new MappedTensor(drawn)));
    }

    @Override
    public String place(String name) {
        return "random weights";
    }

    @Override
    public void close() {
        numbers.close();
    }
}
