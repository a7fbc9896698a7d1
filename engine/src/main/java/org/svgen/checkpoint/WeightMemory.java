package org.svgen.checkpoint;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Where a model's weights are while it runs. Closing it ends the life of those on a device. */
public interface WeightMemory extends AutoCloseable {
    /**
     * {@return all on {@code backend}; nothing is copied where it reads the host's memory}
     *
     * @param backend that will read the weights
     */
    static WeightMemory resident(Backend backend) {
        return new ResidentWeights(backend);
    }

    /**
     * {@return layers come to {@code backend} as they are used, but for those that {@code plan}
     * keeps}
     *
     * @param backend that will read the weights
     * @param plan which layers stay
     */
    static WeightMemory streamed(Backend backend, LayerStream plan) {
        return new StreamedWeights(backend, plan);
    }

    /** {@return what computes with the weights} */
    Backend backend();

    /**
     * {@return {@code host}, readable to {@link #backend}, as type {@code dtype}}
     *
     * @param host the weight, in its file or yet to be computed
     * @param dtype its type on the device
     */
    Tensor put(HostTensor host, DType dtype);

    /**
     * {@return the layers of a model, in the order of their use} Where they are streamed, one is
     * valid until the second {@code get} after it.
     *
     * @param <T> a layer of the model
     * @param count how many
     * @param load makes layer {@code i} by {@link #put}; called whenever it is needed
     */
    <T> List<T> layers(int count, IntFunction<T> load);

    /**
     * {@return what computes, loaded again, after some of its weights have changed} Those that are
     * the same numbers of the same files are used as they are there; the others are freed, and
     * nothing that was loaded before may be used any more.
     *
     * @param <M> what computes
     * @param load brings its weights into the memory that it is given
     */
    default <M> M reload(Function<WeightMemory, M> load) {
        throw new UnsupportedOperationException("weights that all stay can be loaded again");
    }

    @Override
    void close();
}
