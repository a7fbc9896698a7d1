package org.svgen.run;

import org.svgen.pipeline.Request;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Workspace;

/** A denoiser's network, loaded, without the rest of a pipeline. */
public interface Transformer {
    /**
     * {@return the layout of latents: as {@link VideoParts#latentDims}}
     *
     * @param request of the video's size
     * @throws BadInputException naming the nearest size that the network can do
     */
    long[] latentDims(Request request);

    /**
     * Begins a run whose text and pictures are random numbers, for measurements.
     *
     * @param request of the video's size
     * @param workspace gives device memory, for as long as the enclosing scope
     * @return the denoiser
     */
    Denoiser trial(Request request, Workspace workspace);
}
