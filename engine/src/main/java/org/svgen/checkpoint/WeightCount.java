package org.svgen.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;

/** Counts a model's weights while its loading checks them; none is read or computed. */
public final class WeightCount implements WeightMemory {
    private static final long ALIGNMENT = 256;

    /** Nothing counted yet. */
    public WeightCount() {}

    private final Backend backend = DryRun.backend();
    private final List<Layer> layers = new ArrayList<>();
    private Layer other = new Layer(0, 0, 0);
    private long computedBytes;
    private boolean inLayer;

    /**
     * Weights that come and go together.
     *
     * @param bytes as the device needs them
     * @param placedBytes of a place for them to come to: more, if they are rounded there
     * @param computeBytes of the place, behind these, where the device computes some of them
     */
    public record Layer(long bytes, long placedBytes, long computeBytes) {
        private Layer plus(HostTensor host, Tensor there) {
            return new Layer(
                    bytes + there.bytes(),
                    placedBytes + aligned(there.bytes()) + aligned(comesAs(host, there.dtype())),
                    Math.max(
                            computeBytes,
                            host instanceof ComputedTensor c ? FarRows.workspaceBytes(c) : 0));
        }

        /** {@return bytes of the whole place} */
        public long streamBytes() {
            return placedBytes + computeBytes;
        }

        /** Bytes that stand beside the weight until it is rounded there. */
        private static long comesAs(HostTensor host, DType dtype) {
            return switch (host) {
                case MappedTensor(Tensor tensor) when tensor.dtype() != dtype -> tensor.bytes();
                case MappedTensor _, ComputedTensor _, CodedTensor _ -> 0;
            };
        }
    }

    /** What {@code bytes} take of a place for a layer. */
    static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** {@return the layers that can be streamed} */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    /** {@return bytes of all weights outside layers} */
    public long otherBytes() {
        return other.bytes;
    }

    /** {@return bytes of all weights, as the device needs them} */
    public long bytes() {
        return other.bytes + layers.stream().mapToLong(Layer::bytes).sum();
    }

    /** {@return bytes of the weights, in layers and outside, that no file holds as they are} */
    public long computedBytes() {
        return computedBytes;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor put(HostTensor host, DType dtype) {
        Tensor there = Tensor.phantom(dtype, host.shape().dims());
        computedBytes += host instanceof MappedTensor ? 0 : there.bytes();
        if (inLayer) {
            layers.set(layers.size() - 1, layers.getLast().plus(host, there));
        } else {
            other = other.plus(host, there);
        }
        return there;
    }

    @Override
    public <T> List<T> layers(int count, IntFunction<T> load) {
        List<T> all = new ArrayList<>();
        inLayer = true;
        for (int i = 0; i < count; i++) {
            layers.add(new Layer(0, 0, 0));
            all.add(load.apply(i));
        }
        inLayer = false;
        return List.copyOf(all);
    }

    @Override
    public void close() {}
}
