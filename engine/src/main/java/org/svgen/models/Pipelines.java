package org.svgen.models;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.Cancellation;
import org.svgen.run.ModelPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;

/** Finds the pipeline that runs a model. */
public final class Pipelines {
    private Pipelines() {}

    /**
     * {@return the components that the pipeline {@code pipelineClass} reads; a checkpoint may have
     * others}
     *
     * @param pipelineClass a class name of diffusers
     * @throws BadInputException if we cannot run it
     */
    public static Set<String> components(String pipelineClass) {
        Objects.requireNonNull(pipelineClass, "pipelineClass");
        return Families.ofPipeline(pipelineClass).components();
    }

    /**
     * As below, with the type that {@code backend} computes fastest with.
     *
     * @param folder a model's folder in diffusers' layout
     * @param backend computes
     * @return the model, ready for requests; the caller closes it
     */
    public static VideoPipeline open(Path folder, Backend backend) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(backend, "backend");
        return open(folder, backend, backend.activation());
    }

    /**
     * Opens the model in {@code folder} (diffusers' layout).
     *
     * @param folder a model's folder in diffusers' layout
     * @param backend computes; the owner closes it, behind the pipeline or before
     * @param activation what the denoiser's large layers compute in: F32, or {@link
     *     Backend#activation}, to which its matrices are rounded then
     * @return the model, ready for requests; the caller closes it
     * @throws BadInputException if the folder is not a complete model that we can run
     * @throws CancelledException if this thread is interrupted
     */
    public static VideoPipeline open(Path folder, Backend backend, DType activation) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(activation, "activation");
        return open(ModelSpec.of(folder), backend, activation);
    }

    /**
     * As above for a model of which some components may lie elsewhere.
     *
     * @param spec where the parts are, and what is done to weights
     * @param backend computes; the owner closes it, behind the pipeline or before
     * @param activation what the denoiser's large layers compute in
     * @return the model, ready for requests; the caller closes it
     * @throws BadInputException if it is not a complete model that we can run
     */
    public static VideoPipeline open(ModelSpec spec, Backend backend, DType activation) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(activation, "activation");
        return open(complete(spec), backend, activation);
    }

    private static Checkpoint complete(ModelSpec spec) {
        try {
            Checkpoint checkpoint = Checkpoint.open(spec);
            try {
                ModelFiles.of(spec.folder(), Pipelines::components, spec.parts().keySet())
                        .requireComplete(spec.folder());
                return checkpoint;
            } catch (RuntimeException e) {
                checkpoint.close();
                throw e;
            }
        } catch (RuntimeException e) {
            throw Cancellation.meant(e);
        }
    }

    /**
     * As above for any checkpoint, which the pipeline closes; where none can be made, this does.
     *
     * @param checkpoint the model
     * @param backend computes
     * @param activation what the denoiser's large layers compute in
     * @return the model, ready for requests; the caller closes it
     */
    public static VideoPipeline open(Checkpoint checkpoint, Backend backend, DType activation) {
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(activation, "activation");
        return open(checkpoint, backend, activation, false);
    }

    /**
     * Opens a model for many requests: {@link #open(Path, Backend)}, but what a run loaded stays on
     * the device for the next, as much as fits into the memory that its plan may use. Closing frees
     * it; so does a run with a smaller limit, as far as it must. The videos are the same.
     *
     * @param folder a model's folder in diffusers' layout
     * @param backend computes; the owner closes it, behind the pipeline or before
     * @return the model, ready for requests; the caller closes it
     */
    public static VideoPipeline openSession(Path folder, Backend backend) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(backend, "backend");
        return openSession(folder, backend, backend.activation());
    }

    /**
     * As above, with the type of the denoiser's large layers.
     *
     * @param folder a model's folder in diffusers' layout
     * @param backend computes; the owner closes it, behind the pipeline or before
     * @param activation what the denoiser's large layers compute in
     * @return the model, ready for requests; the caller closes it
     */
    public static VideoPipeline openSession(Path folder, Backend backend, DType activation) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(activation, "activation");
        return openSession(ModelSpec.of(folder), backend, activation);
    }

    /**
     * As above for a model of which some components may lie elsewhere.
     *
     * @param spec where the parts are, and what is done to weights
     * @param backend computes; the owner closes it, behind the pipeline or before
     * @param activation what the denoiser's large layers compute in
     * @return the model, ready for requests; the caller closes it
     * @throws BadInputException if it is not a complete model that we can run
     */
    public static VideoPipeline openSession(ModelSpec spec, Backend backend, DType activation) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(activation, "activation");
        return openSession(complete(spec), backend, activation);
    }

    /**
     * As above for any checkpoint, which the pipeline closes; where none can be made, this does.
     *
     * @param checkpoint the model
     * @param backend computes
     * @param activation what the denoiser's large layers compute in
     * @return the model, ready for requests; the caller closes it
     */
    public static VideoPipeline openSession(
            Checkpoint checkpoint, Backend backend, DType activation) {
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(activation, "activation");
        return open(checkpoint, backend, activation, true);
    }

    private static VideoPipeline open(
            Checkpoint checkpoint, Backend backend, DType activation, boolean session) {
        try {
            return ModelPipeline.open(
                    Families.ofPipeline(checkpoint.pipelineClass()),
                    checkpoint,
                    backend,
                    activation,
                    session);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw Cancellation.meant(e);
        }
    }
}
