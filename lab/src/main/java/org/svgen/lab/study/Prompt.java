package org.svgen.lab.study;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What a video shows.
 *
 * @param text the prompt
 * @param image file of the first frame, for models that start from a picture
 * @param lastImage file of the last frame, for models that end with one
 * @param where the study says it
 */
public record Prompt(String text, Optional<Path> image, Optional<Path> lastImage, String where) {
    /** Checks that nothing is null. */
    public Prompt {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(lastImage, "lastImage");
        Objects.requireNonNull(where, "where");
    }
}
