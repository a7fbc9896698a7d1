package org.svgen.pipeline;

import java.util.Objects;
import org.svgen.tensor.Tensor;

/**
 * A finished run. The caller closes it.
 *
 * @param clip the frames, in 0..1
 * @param finalLatents what was decoded
 * @param report of the run
 * @param recipe all it takes to make the video again
 */
public record Result(Clip clip, Latents finalLatents, Report report, Recipe recipe)
        implements AutoCloseable {
    /** Checks that nothing is null that must be there. */
    public Result {
        Objects.requireNonNull(clip, "clip");
        Objects.requireNonNull(finalLatents, "finalLatents");
        Objects.requireNonNull(report, "report");
        Objects.requireNonNull(recipe, "recipe");
    }

    /**
     * {@return host F32, as diffusers' {@code output_type="latent"} returns them: [1, frames,
     * channels, height, width] of CogVideoX, [1, channels, frames, height, width] of HunyuanVideo}
     */
    public Tensor latents() {
        return finalLatents.tensor();
    }

    /** Frees frames and latents; once more does nothing. */
    @Override
    public void close() {
        try (finalLatents) {
            clip.close();
        }
    }
}
