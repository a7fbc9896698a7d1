package org.svgen.models.cogvideox;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * What the layers of the autoencoder share while one batch of frames goes through.
 *
 * @param latents [T, h, w, C] that the decoder's norms are conditioned on; none in the encoder
 */
record VaeBatch(Workspace workspace, FrameCache cache, @Nullable Tensor latents) {
    Ops ops() {
        return workspace.ops();
    }
}
