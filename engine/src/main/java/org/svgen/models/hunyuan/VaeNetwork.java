package org.svgen.models.hunyuan;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** One direction of the autoencoder. */
sealed interface VaeNetwork permits VaeDecoder, VaeEncoder {
    /**
     * Runs one tile.
     *
     * @return memory of {@code workspace}, in the scope that is open now
     */
    Tensor apply(Workspace workspace, Tensor x); // [T, H, W, C]
}
