package org.svgen.pipeline;

import java.lang.foreign.Arena;
import org.svgen.tensor.Tensor;

/**
 * A finished run. The caller closes it.
 *
 * @param latents host F32 [1, frames, channels, height, width], as diffusers' {@code
 *     output_type="latent"} returns them
 * @param memory owns the latents
 */
public record Result(Clip clip, Tensor latents, Arena memory, Report report)
        implements AutoCloseable {
    @Override
    public void close() {
        clip.close();
        memory.close();
    }
}
