package org.svgen.pipeline;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/**
 * What a video shows.
 *
 * @param prompt in words
 * @param negativePrompt what guidance leads away from
 * @param image the first frame for image-to-video models: host F32 [height, width, 3] in 0..1, any
 *     size
 * @param lastImage the last frame, for models that end with one: as the first, any size
 */
public record Content(
        String prompt, String negativePrompt, @Nullable Tensor image, @Nullable Tensor lastImage) {
    /** Checks that nothing is null that must be there. */
    public Content {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negativePrompt, "negativePrompt");
    }
}
