package org.svgen.checkpoint;

import java.util.List;
import java.util.function.IntFunction;
import org.svgen.tensor.Backend;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Where a model's weights are while it runs. Closing it ends the life of those on a device. */
public interface WeightMemory extends AutoCloseable {
    /** All on {@code backend}; nothing is copied where it reads the host's memory. */
    static WeightMemory resident(Backend backend) {
        return new ResidentWeights(backend);
    }

    /** Layers come to {@code backend} as they are used, but for those that {@code plan} keeps. */
    static WeightMemory streamed(Backend backend, LayerStream plan) {
        return new StreamedWeights(backend, plan);
    }

    Backend backend();

    /** {@code host}, readable to {@link #backend}, as type {@code dtype}. */
    Tensor put(Tensor host, DType dtype);

    /**
     * The layers of a model, in the order of their use. Where they are streamed, one is valid only
     * until the next but one is got.
     *
     * @param load makes layer {@code i} by {@link #put}; called whenever it is needed
     */
    <T> List<T> layers(int count, IntFunction<T> load);

    @Override
    void close();
}
