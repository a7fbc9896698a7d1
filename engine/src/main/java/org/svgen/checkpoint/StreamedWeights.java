package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.Workspace;

/**
 * Weights of which some layers come to the device in turns, into one of two places, while it
 * computes with what is in the other.
 */
final class StreamedWeights implements WeightMemory {
    private final Backend backend;
    private final LayerStream plan;
    private final WeightMemory resident;
    private final List<Storage> places = new ArrayList<>();
    private final Feed feed;
    private @Nullable Storage place; // the one that is being filled
    private long filled;
    private int turn;
    private int planned; // layers that have been handed out

    StreamedWeights(Backend backend, LayerStream plan) {
        this.backend = backend;
        this.plan = plan;
        this.resident = new ResidentWeights(backend);
        try {
            for (int i = 0; i < LayerStream.PLACES; i++) {
                places.add(backend.allocate(plan.placeBytes()));
            }
            feed = backend.feed();
        } catch (RuntimeException | Error e) {
            places.forEach(backend::release);
            throw e;
        }
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor put(HostTensor host, DType dtype) {
        if (place == null) {
            return resident.put(host, dtype);
        }
        Tensor there = take(place, host.shape(), dtype);
        switch (host) {
            case MappedTensor(Tensor tensor) when tensor.dtype() == dtype ->
                    feed.write(tensor, there);
            case MappedTensor(Tensor tensor) -> {
                Tensor read = take(place, host.shape(), tensor.dtype());
                feed.write(tensor, read);
                backend.ops().convert(read, there);
            }
            case ComputedTensor computed when FarRows.computes(backend, computed, dtype) -> {
                try (Workspace rest = new Workspace(backend, place, filled, DType.F32)) {
                    FarRows.compute(computed, rest, there);
                }
            }
            case ComputedTensor computed -> write(computed, there);
            case CodedTensor coded -> write(coded.computed(), there);
        }
        return there;
    }

    private void write(ComputedTensor computed, Tensor there) {
        try (Arena until = Arena.ofShared()) {
            feed.write(computed.in(there.dtype(), until), there);
        }
    }

    private Tensor take(Storage from, Shape shape, DType dtype) {
        Tensor there = new Tensor(dtype, shape, from, filled);
        filled += WeightCount.aligned(there.bytes());
        return there;
    }

    @Override
    public <T> List<T> layers(int count, IntFunction<T> load) {
        List<Boolean> streamed = plan.streamed().subList(planned, planned + count);
        planned += count;
        List<@Nullable T> kept = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kept.add(streamed.get(i) ? null : load.apply(i));
        }
        return new Layers<>(kept, load);
    }

    private final class Layers<T> extends AbstractList<T> implements RandomAccess {
        private final List<@Nullable T> kept;
        private final IntFunction<T> load;

        Layers(List<@Nullable T> kept, IntFunction<T> load) {
            this.kept = kept;
            this.load = load;
        }

        @Override
        public T get(int i) {
            T layer = kept.get(i);
            return layer == null ? bring(load, i) : layer;
        }

        @Override
        public int size() {
            return kept.size();
        }
    }

    private <T> T bring(IntFunction<T> load, int i) {
        feed.turn();
        place = places.get(turn);
        turn = (turn + 1) % LayerStream.PLACES;
        filled = 0;
        try {
            return load.apply(i);
        } finally {
            place = null;
        }
    }

    @Override
    public void close() {
        feed.close();
        places.forEach(backend::release);
        places.clear();
        resident.close();
    }
}
