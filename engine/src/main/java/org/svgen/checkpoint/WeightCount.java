package org.svgen.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;

/** Counts a model's weights while its loading checks them; they stay where they are. */
public final class WeightCount implements WeightMemory {
    private static final long ALIGNMENT = 256;

    /** Nothing counted yet. */
    public WeightCount() {}

    private final Backend backend = DryRun.backend();
    private final List<Layer> layers = new ArrayList<>();
    private Layer other = new Layer(0, 0);
    private boolean inLayer;

    /**
     * Weights that come and go together.
     *
     * @param bytes as the device needs them
     * @param streamBytes of a place for them to come to: more, if they are rounded there
     */
    public record Layer(long bytes, long streamBytes) {
        private Layer plus(Tensor host, Tensor there) {
            long room = aligned(there.bytes());
            return new Layer(
                    bytes + there.bytes(),
                    streamBytes
                            + room
                            + (there.dtype() == host.dtype() ? 0 : aligned(host.bytes())));
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

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Tensor put(Tensor host, DType dtype) {
        Tensor there = backend.upload(host, dtype);
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
            layers.add(new Layer(0, 0));
            all.add(load.apply(i));
        }
        inLayer = false;
        return List.copyOf(all);
    }

    @Override
    public void close() {}
}
