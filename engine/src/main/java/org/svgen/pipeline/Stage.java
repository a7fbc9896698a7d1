package org.svgen.pipeline;

import java.util.Locale;
import java.util.Objects;

/**
 * A part of a run.
 *
 * @param kind what it does
 * @param label tells parts of one kind apart, such as the two denoisers of a model: {@code high
 *     noise}; empty where there is one
 */
public record Stage(Kind kind, String label) {
    /** The prompt is encoded. */
    public static final Stage TEXT = of(Kind.TEXT);

    /** Pictures become what the denoiser starts from. */
    public static final Stage IMAGE = of(Kind.IMAGE);

    /** Noise becomes latents. */
    public static final Stage DENOISE = of(Kind.DENOISE);

    /** Latents become frames. */
    public static final Stage DECODE = of(Kind.DECODE);

    /** The video is written. */
    public static final Stage WRITE = of(Kind.WRITE);

    /** What parts of a run do, in their order. */
    public enum Kind {
        /** The prompt is encoded. */
        TEXT,
        /** Pictures become what the denoiser starts from. */
        IMAGE,
        /** Noise becomes latents. */
        DENOISE,
        /** Latents become frames. */
        DECODE,
        /** The video is written. */
        WRITE
    }

    /** Checks that nothing is null. */
    public Stage {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(label, "label");
    }

    private static Stage of(Kind kind) {
        return new Stage(kind, "");
    }

    /** {@return {@code denoise}, {@code denoise high noise}} */
    public String text() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return label.isEmpty() ? name : name + " " + label;
    }

    @Override
    public String toString() {
        return text();
    }
}
