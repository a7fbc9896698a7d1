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
     * @param <T> what the work gives
     * @param stage the stage
     * @param work loads its weights into the memory and computes in the workspace; both end with it
     * @param made the numbers that its result consists of
     * @return what the work gave
     */
    public <T> T stage(
            Stage stage, BiFunction<WeightMemory, Workspace, T> work, Function<T, Numbers> made) {
        return stages.run(stage, DType.F32, work, made);
    }
}
