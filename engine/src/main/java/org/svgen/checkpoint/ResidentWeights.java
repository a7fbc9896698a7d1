package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Weights that are all there until this is closed. */
final class ResidentWeights implements WeightMemory {
    private static final int ALIGNMENT = 64;

    private final Backend backend;
    private final List<Storage> uploaded = new ArrayList<>();
    private final Arena computedHere =
            Arena.ofShared(); // where the backend reads the host's memory
    private Arena bufferHere = Arena.ofShared();
    private @Nullable MemorySegment buffer;

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
            case CodedTensor coded -> put(coded.computed(), dtype);
        };
    }

    private Tensor put(ComputedTensor computed, DType dtype) {
        if (backend.readsHost()) {
            return upload(computed.in(dtype, computedHere), dtype);
        }
        MemorySegment place = buffer(Tensor.bytes(dtype, computed.shape()));
        return upload(computed.into(Tensor.of(dtype, place, computed.shape().dims())), dtype);
    }

    /** Memory of the host for one weight, the same again: new memory costs more than computing. */
    @SuppressWarnings("MustBeClosedChecker") // close() closes it
    private MemorySegment buffer(long bytes) {
        MemorySegment there = buffer;
        if (there == null || there.byteSize() < bytes) {
            Arenas.close(bufferHere);
            bufferHere = Arena.ofShared();
            there = bufferHere.allocate(bytes, ALIGNMENT);
            buffer = there;
        }
        return there.asSlice(0, bytes);
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
        Arenas.close(bufferHere);
        buffer = null;
    }
}
