package org.svgen.schedule;

import java.util.List;
import org.svgen.tensor.Tensor;

/** One run of a {@link Scheduler}: steps are taken in order, each once. */
@FunctionalInterface
public interface Sampler {
    /**
     * Takes step {@code index}.
     *
     * @param index from 0
     * @param modelOutput F32, laid out as the sample
     * @param sample F32, replaced by the sample of the next step
     * @param noise drawn from by stochastic schedulers only
     */
    void step(int index, Tensor modelOutput, Tensor sample, Noise noise);

    /**
     * {@return what this sampler carries from step to step, on the device; a sampler that another
     * denoiser goes on with begins with copies of them, in this order}
     */
    default List<Tensor> memory() {
        return List.of();
    }
}
