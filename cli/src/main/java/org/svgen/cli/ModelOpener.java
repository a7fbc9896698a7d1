package org.svgen.cli;

import java.nio.file.Path;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.Backend;

/** Loads the model in a folder. */
@FunctionalInterface
interface ModelOpener {
    /** The pipeline, which the caller closes before the backend. */
    VideoPipeline open(Path folder, Backend backend);
}
