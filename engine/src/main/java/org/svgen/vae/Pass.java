package org.svgen.vae;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * What the layers of a network share while some frames go through.
 *
 * @param cache what convolutions saw of earlier frames
 * @param latents [t, h, w, C] that a decoder's norms may be conditioned on; none in an encoder
 */
public record Pass(Workspace workspace, FrameCache cache, @Nullable Tensor latents) {
    public Ops ops() {
        return workspace.ops();
    }

    /** Memory for frames as large and as many as those of {@code x}. */
    public Tensor allocateLike(Tensor x, int channels) { // [T, H, W, C]
        return workspace.allocate(x.size(0), x.size(1), x.size(2), channels);
    }
}
