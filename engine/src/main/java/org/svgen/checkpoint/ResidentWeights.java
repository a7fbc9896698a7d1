package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Weights that are all there until this is closed. */
final class ResidentWeights implements WeightMemory {
    private final Backend backend;
    private final List<Storage> uploaded = new ArrayList<>();
    private final Arena computedHere =
            Arena.ofShared(); // where the backend reads the host's memory

    ResidentWeights(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor put(HostTensor host, DType dtype) {
        return switch (host) {
            case MappedTensor(Tensor tensor) -> upload(tensor, dtype);
            case ComputedTensor computed -> put(computed, dtype);
        };
    }

    private Tensor put(ComputedTensor computed, DType dtype) {
        if (backend.readsHost()) {
            return upload(computed.in(dtype, computedHere), dtype);
        }
        try (Arena until = Arena.ofShared()) {
            return upload(computed.in(dtype, until), dtype);
        }
    }

    @SuppressWarnings("ReferenceEquality") // two allocations may be equal records
    private Tensor upload(Tensor host, DType dtype) {
        Tensor there = backend.upload(host, dtype);
        if (there.storage() != host.storage()) {
            uploaded.add(there.storage());
        }
        return there;
    }

    @Override
    public <T> List<T> layers(int count, IntFunction<T> load) {
        return IntStream.range(0, count).mapToObj(load).toList();
    }

    @Override
    public void close() {
        uploaded.forEach(backend::release);
        uploaded.clear();
        Arenas.close(computedHere);
    }
}
