package org.svgen.run;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Workspace;

/**
 * The stages of a run, one after the other, each with weights and a workspace of its own. A
 * pipeline says once what it does in them; that is played through for the plan ({@link Rehearsal})
 * and done for the video ({@link PlannedRun}).
 */
public interface Stages {
    /**
     * Does a stage.
     *
     * @param <M> what computes
     * @param <T> what the work gives
     * @param stage the stage
     * @param activation of the workspace
     * @param load brings the weights of what computes into the memory; the same for every request,
     *     since it may outlive this one
     * @param work computes in the workspace, which ends with it
     * @param made the numbers that its result consists of
     * @return what the work gave
     * @throws SvgenException if one of them is NaN or infinite
     */
    <M, T> T run(
            Stage stage,
            DType activation,
            Function<WeightMemory, M> load,
            BiFunction<M, Workspace, T> work,
            Function<T, Numbers> made);

    /**
     * {@return true if nothing is computed, and host work that changes no sizes can be left out}
     */
    boolean rehearsal();
}
