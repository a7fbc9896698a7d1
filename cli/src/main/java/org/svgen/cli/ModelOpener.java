package org.svgen.cli;

import org.svgen.checkpoint.ModelSpec;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;

/** Loads a model. */
@FunctionalInterface
interface ModelOpener {
    /**
     * The pipeline, which the caller closes before the backend.
     *
     * @param activation what its large layers compute in
     */
    VideoPipeline open(ModelSpec spec, Backend backend, DType activation);
}
