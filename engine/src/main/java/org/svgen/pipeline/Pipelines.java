package org.svgen.pipeline;

import java.nio.file.Path;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.cogvideox.CogVideoXPipeline;
import org.svgen.tensor.Backend;
import org.svgen.tensor.BadInputException;

/** Finds the pipeline that runs a model. */
public final class Pipelines {
    private Pipelines() {}

    /**
     * Opens the model in {@code folder} (diffusers' layout).
     *
     * @param backend computes; outlives the pipeline
     * @throws BadInputException if the folder is not a complete model that we can run
     */
    public static VideoPipeline open(Path folder, Backend backend) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            if (CogVideoXPipeline.CLASSES.contains(checkpoint.pipelineClass())) {
                return new CogVideoXPipeline(checkpoint, backend);
            }
            throw new BadInputException(
                    "%s: cannot run a %s; this version runs %s"
                            .formatted(
                                    folder.resolve("model_index.json"),
                                    checkpoint.pipelineClass(),
                                    String.join(" and ", CogVideoXPipeline.CLASSES)));
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }
}
