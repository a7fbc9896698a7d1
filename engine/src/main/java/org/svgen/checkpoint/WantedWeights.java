package org.svgen.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Writes down which weights a loading wants; none is read or computed. */
final class WantedWeights implements WeightMemory {
    private final WeightCount count = new WeightCount();
    private final Map<Put, Integer> wanted = new HashMap<>();

    /** What is put: equal ones are the same numbers. */
    record Put(HostTensor host, DType dtype) {}

    /** How often each is wanted. */
    Map<Put, Integer> wanted() {
        return wanted;
    }

    @Override
    public Backend backend() {
        return count.backend();
    }

    @Override
    public Tensor put(HostTensor host, DType dtype) {
        wanted.merge(new Put(host, dtype), 1, Integer::sum);
        return count.put(host, dtype);
    }

    @Override
    public <T> List<T> layers(int count, IntFunction<T> load) {
        return this.count.layers(count, load);
    }

    @Override
    public void close() {}
}
