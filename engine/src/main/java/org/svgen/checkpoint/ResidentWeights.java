package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WantedWeights.Put;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Weights that are all there until this is closed. */
final class ResidentWeights implements WeightMemory {
    private static final int ALIGNMENT = 64;

    private final Backend backend;
    private final Map<Put, Deque<Held>> held = new HashMap<>();
    private Map<Put, Deque<Held>> before = new HashMap<>(); // of an earlier loading, to be used
    private Arena bufferHere = Arena.ofShared();
    private @Nullable MemorySegment buffer;

    ResidentWeights(Backend backend) {
        this.backend = backend;
    }

    /**
     * A weight that is there.
     *
     * @param uploaded whether the backend has a copy of its own
     * @param computed owns host memory that the backend reads; none where a file does, or nobody
     */
    private record Held(Tensor there, boolean uploaded, @Nullable Arena computed) {
        void free(Backend backend) {
            if (uploaded) {
                backend.release(there.storage());
            }
            if (computed != null) {
                Arenas.close(computed);
            }
        }
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor put(HostTensor host, DType dtype) {
        Put put = new Put(host, dtype);
        Deque<Held> same = before.get(put);
        Held there = same == null || same.isEmpty() ? made(host, dtype) : same.remove();
        held.computeIfAbsent(put, _ -> new ArrayDeque<>()).add(there);
        return there.there;
    }

    private Held made(HostTensor host, DType dtype) {
        return switch (host) {
            case MappedTensor(Tensor tensor) -> uploaded(tensor, dtype, null);
            case ComputedTensor computed -> made(computed, dtype);
            case CodedTensor coded -> made(coded.computed(), dtype);
        };
    }

    @SuppressWarnings("MustBeClosedChecker") // what holds it closes it
    private Held made(ComputedTensor computed, DType dtype) {
        if (!backend.readsHost()) {
            if (FarRows.computes(backend, computed, dtype)) {
                return new Held(FarRows.made(computed, backend, dtype), true, null);
            }
            MemorySegment place = buffer(Tensor.bytes(dtype, computed.shape()));
            Tensor all = Tensor.of(dtype, place, computed.shape().dims());
            return uploaded(computed.into(all), dtype, null);
        }
        Arena here = Arena.ofShared();
        try {
            return uploaded(computed.in(dtype, here), dtype, here);
        } catch (RuntimeException | Error e) {
            Arenas.close(here);
            throw e;
        }
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
    private Held uploaded(Tensor host, DType dtype, @Nullable Arena computed) {
        Tensor there = backend.upload(host, dtype);
        return new Held(there, there.storage() != host.storage(), computed);
    }

    @Override
    public <T> List<T> layers(int count, IntFunction<T> load) {
        return IntStream.range(0, count).mapToObj(load).toList();
    }

    /** What is not wanted any more goes before others come, so that they need no room beside it. */
    @Override
    public <M> M reload(Function<WeightMemory, M> load) {
        WantedWeights wanted = new WantedWeights();
        M _ = load.apply(wanted);
        before = new HashMap<>(held);
        held.clear();
        before.forEach((put, all) -> {
            int keep = wanted.wanted().getOrDefault(put, 0);
            while (all.size() > keep) {
                all.remove().free(backend);
            }
        });
        M module = load.apply(this);
        free(before);
        return module;
    }

    private void free(Map<Put, Deque<Held>> some) {
        some.values().forEach(all -> all.forEach(one -> one.free(backend)));
        some.clear();
    }

    @Override
    public void close() {
        free(held);
        free(before);
        Arenas.close(bufferHere);
        buffer = null;
    }
}
