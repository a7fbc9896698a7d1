package org.svgen.pipeline;

import java.util.List;
import java.util.Objects;

/**
 * What a model does when a request leaves the choice to it.
 *
 * @param width in pixels
 * @param height in pixels
 * @param frames number of frames
 * @param fps frames per second
 * @param steps denoising steps
 * @param guidance how strongly the prompt steers
 * @param dynamicGuidance whether guidance rises by a cosine, as CogVideoX does
 * @param attention how attention is computed
 * @param prompts examples that the model can do
 */
public record Defaults(
        int width,
        int height,
        int frames,
        double fps,
        int steps,
        double guidance,
        boolean dynamicGuidance,
        AttentionSettings attention,
        List<String> prompts) {
    /** Checks that nothing is null that must be there. */
    public Defaults {
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(prompts, "prompts");
    }
}
