package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/**
 * What a model needs to encode text and pictures.
 *
 * @param stages carries stages out, or plays them through
 * @param host owns the host memory of what is made
 * @param random the run's random numbers, from which the initial noise is drawn afterwards
 * @param listener told how far it is and what is to be known
 */
public record Encoding(Stages stages, Arena host, TorchRandom random, StepListener listener) {
    /**
     * Does a stage that computes in F32.
     *
     * @param <M> what computes
     * @param <T> what the work gives
     * @param stage the stage
     * @param load brings the weights of what computes, the same for every request
     * @param work computes in the workspace, which ends with it
     * @param made the numbers that its result consists of
     * @return what the work gave
     */
    public <M, T> T stage(
            Stage stage,
            Function<WeightMemory, M> load,
            BiFunction<M, Workspace, T> work,
            Function<T, Numbers> made) {
        return stages.run(stage, DType.F32, load, work, made);
    }
}
