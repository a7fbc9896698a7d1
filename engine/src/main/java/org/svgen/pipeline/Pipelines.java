package org.svgen.pipeline;

import java.nio.file.Path;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.Untrusted;
import org.svgen.cogvideox.CogVideoXPipeline;
import org.svgen.tensor.Backend;
import org.svgen.tensor.BadInputException;

/** Finds the pipeline that runs a model. */
public final class Pipelines {
    private Pipelines() {}

    /**
     * The components that the pipeline {@code pipelineClass} reads; a checkpoint may have others.
     *
     * @throws BadInputException if we cannot run it
     */
    public static Set<String> components(String pipelineClass) {
        if (CogVideoXPipeline.CLASSES.contains(pipelineClass)) {
            return CogVideoXPipeline.COMPONENTS;
        }
        throw new BadInputException(
                "cannot run a %s; this version runs %s"
                        .formatted(
                                Untrusted.oneLine(pipelineClass),
                                String.join(" and ", CogVideoXPipeline.CLASSES)));
    }

    /**
     * Opens the model in {@code folder} (diffusers' layout).
     *
     * @param backend computes; outlives the pipeline
     * @throws BadInputException if the folder is not a complete model that we can run
     */
    public static VideoPipeline open(Path folder, Backend backend) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            ModelFiles.of(folder, Pipelines::components).requireComplete(folder);
            return new CogVideoXPipeline(checkpoint, backend);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }
}
