package org.svgen.run;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.tensor.DType;
import org.svgen.tensor.Message;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;

/** Does the stages of a run as its plan says: loaded, run and freed one after the other. */
public final class PlannedRun implements Stages {
    private final Plan plan;
    private final Backend backend;
    private final NumberCheck numbers;
    private final RunLog log;
    private final KeptWeights kept;

    /**
     * Nothing is done yet.
     *
     * @param plan how the run goes about memory
     * @param backend computes
     * @param numbers looks at what stages hand on
     * @param log takes what happens
     * @param kept has what earlier runs loaded, and takes what this one loads
     * @param eightBits whether products of the denoiser are in 8 bits
     */
    PlannedRun(
            Plan plan,
            Backend backend,
            NumberCheck numbers,
            RunLog log,
            KeptWeights kept,
            boolean eightBits) {
        this.plan = plan;
        this.backend = backend;
        this.numbers = numbers;
        this.log = log;
        this.kept = kept;
        kept.begin(plan, eightBits);
    }

    @Override
    public <M, T> T run(
            Stage stage,
            DType activation,
            Function<WeightMemory, M> load,
            BiFunction<M, Workspace, T> work,
            Function<T, Numbers> made) {
        StagePlan how = plan.stage(stage);
        return log.timed(
                stage,
                () -> {
                    try (Loaded<M> loaded = loaded(how, load);
                            Workspace workspace =
                                    new Workspace(
                                            backend, how.need().workspaceBytes(), activation)) {
                        T result = worked(stage, work, loaded.module, workspace);
                        numbers.require(stage, made.apply(result));
                        return result;
                    } catch (NonFiniteException e) {
                        throw numbers.explained(stage, activation, e);
                    } catch (OutOfDeviceMemoryException e) {
                        kept.close();
                        throw tooLittle(how, e);
                    }
                });
    }

    /** Texts are too short to be divided: of several devices one encodes them. */
    private static <M, T> T worked(
            Stage stage, BiFunction<M, Workspace, T> work, M module, Workspace workspace) {
        if (stage.kind() != Stage.Kind.TEXT) {
            return work.apply(module, workspace);
        }
        try (var _ = workspace.apart(0)) {
            return work.apply(module, workspace);
        }
    }

    /**
     * What computes in a stage, with its weights.
     *
     * @param owned ends with the stage; none if the weights stay for the next run
     */
    private record Loaded<M>(M module, @Nullable WeightMemory owned) implements AutoCloseable {
        @Override
        public void close() {
            if (owned != null) {
                owned.close();
            }
        }
    }

    private <M> Loaded<M> loaded(StagePlan how, Function<WeightMemory, M> load) {
        long start = System.nanoTime();
        boolean loads = kept.loads(how.stage());
        M before = kept.module(how, load);
        if (before != null) {
            if (loads) {
                log.loaded(start);
            }
            return new Loaded<>(before, null);
        }
        WeightMemory memory = weights(how);
        try {
            M module = load.apply(memory);
            log.loaded(start);
            return new Loaded<>(module, kept.keep(how, module, memory) ? null : memory);
        } catch (Throwable e) {
            memory.close();
            throw e;
        }
    }

    /** All of the stage has been given back by now, so what is free is all that there is. */
    private OutOfDeviceMemoryException tooLittle(StagePlan how, OutOfDeviceMemoryException e) {
        return new OutOfDeviceMemoryException(
                Message.of(
                        "%s was planned with %s of %s: %s; what would fit now: %s %dM",
                        how.stage().text(),
                        Planner.size(how.bytes()),
                        backend.name(),
                        String.valueOf(e.getMessage()),
                        Fields.MEMORY_LIMIT,
                        backend.capacity() / 1_000_000),
                e);
    }

    private WeightMemory weights(StagePlan how) {
        return how.stream().count() == 0
                ? WeightMemory.resident(backend)
                : WeightMemory.streamed(backend, how.stream());
    }

    @Override
    public boolean rehearsal() {
        return false;
    }
}
