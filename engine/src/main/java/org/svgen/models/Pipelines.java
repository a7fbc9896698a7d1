package org.svgen.models;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.cogvideox.CogVideoXBareDenoiser;
import org.svgen.models.cogvideox.CogVideoXPipeline;
import org.svgen.models.hunyuan.HunyuanBareDenoiser;
import org.svgen.models.hunyuan.HunyuanVideoPipeline;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.BareDenoiser;
import org.svgen.run.Cancellation;
import org.svgen.run.GuardedPipeline;
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
        if (CogVideoXPipeline.CLASSES.contains(pipelineClass)) {
            return CogVideoXPipeline.COMPONENTS;
        }
        if (HunyuanVideoPipeline.CLASSES.contains(pipelineClass)) {
            return HunyuanVideoPipeline.COMPONENTS;
        }
        throw new BadInputException(
                "cannot run a %s; this version runs %s, %s"
                        .formatted(
                                Untrusted.oneLine(pipelineClass),
                                String.join(", ", CogVideoXPipeline.CLASSES),
                                String.join(", ", HunyuanVideoPipeline.CLASSES)));
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
        return open(complete(folder), backend, activation);
    }

    private static Checkpoint complete(Path folder) {
        try {
            Checkpoint checkpoint = Checkpoint.open(folder);
            try {
                ModelFiles.of(folder, Pipelines::components).requireComplete(folder);
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
        try {
            components(checkpoint.pipelineClass());
            VideoPipeline pipeline =
                    HunyuanVideoPipeline.CLASSES.contains(checkpoint.pipelineClass())
                            ? new HunyuanVideoPipeline(checkpoint, backend, activation)
                            : new CogVideoXPipeline(checkpoint, backend, activation);
            return new GuardedPipeline(pipeline, backend, checkpoint.name());
        } catch (RuntimeException e) {
            checkpoint.close();
            throw Cancellation.meant(e);
        }
    }

    /**
     * Loads a denoiser.
     *
     * @param config a transformer's {@code config.json}
     * @param weights the weights
     * @return the denoiser
     * @throws BadInputException if it is of a class that we cannot run
     */
    public static BareDenoiser denoiser(Config config, WeightSource weights) {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(weights, "weights");
        return switch (config.className()) {
            case "CogVideoXTransformer3DModel" -> new CogVideoXBareDenoiser(config, weights);
            case "HunyuanVideoTransformer3DModel" -> new HunyuanBareDenoiser(config, weights);
            default ->
                    throw new BadInputException(
                            "%s: expected a CogVideoXTransformer3DModel or a HunyuanVideoTransformer3DModel, found %s"
                                    .formatted(
                                            config.file(), Untrusted.oneLine(config.className())));
        };
    }
}
