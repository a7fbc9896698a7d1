package org.svgen.server.work;

import java.util.List;
import java.util.Objects;

/**
 * An order that can be taken.
 *
 * @param width pixels
 * @param height pixels
 * @param frames number of frames
 * @param fps frames per second
 * @param steps denoising steps
 * @param warnings what of the order has no effect, a line each
 * @param recipeHash the same for orders that make the same video
 */
public record Checked(
        int width,
        int height,
        int frames,
        double fps,
        int steps,
        List<String> warnings,
        String recipeHash) {
    /** Copies the list. */
    public Checked {
        warnings = List.copyOf(Objects.requireNonNull(warnings, "warnings"));
        Objects.requireNonNull(recipeHash, "recipeHash");
    }
}
