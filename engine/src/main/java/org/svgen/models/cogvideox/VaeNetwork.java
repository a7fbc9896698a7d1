package org.svgen.models.cogvideox;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** One direction of the autoencoder. */
sealed interface VaeNetwork permits VaeDecoder, VaeEncoder {
    /** Frames that go through at once; the first batch may have more. */
    int frameBatch();

    /**
     * Runs one batch of frames.
     *
     * @return memory of {@code workspace}, in the scope that is open now
     */
    Tensor apply(Workspace workspace, FrameCache cache, Tensor x); // [T, H, W, C]
}
