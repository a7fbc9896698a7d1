package org.svgen.pipeline;

import org.svgen.tensor.Tensor;

/**
 * A finished run. The caller closes it.
 *
 * @param latents host F32 [1, frames, channels, height, width], as diffusers' {@code
 *     output_type="latent"} returns them
 */
public record Result(Clip clip, Tensor latents, Report report) implements AutoCloseable {
    @Override
    public void close() {
        clip.close();
    }
}
