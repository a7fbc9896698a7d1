package org.svgen.cli;

import java.nio.file.Path;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;

/** Loads the model in a folder. */
@FunctionalInterface
interface ModelOpener {
    /**
     * The pipeline, which the caller closes before the backend.
     *
     * @param activation what its large layers compute in
     */
    VideoPipeline open(Path folder, Backend backend, DType activation);
}
