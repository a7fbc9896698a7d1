package org.svgen.pipeline;

import java.nio.file.Path;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.Untrusted;
import org.svgen.cogvideox.CogVideoXPipeline;
import org.svgen.hunyuan.HunyuanVideoPipeline;
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
     * Opens the model in {@code folder} (diffusers' layout).
     *
     * @param backend computes; outlives the pipeline
     * @throws BadInputException if the folder is not a complete model that we can run
     */
    public static VideoPipeline open(Path folder, Backend backend) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            ModelFiles.of(folder, Pipelines::components).requireComplete(folder);
            return HunyuanVideoPipeline.CLASSES.contains(checkpoint.pipelineClass())
                    ? new HunyuanVideoPipeline(checkpoint, backend)
                    : new CogVideoXPipeline(checkpoint, backend);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }
}
