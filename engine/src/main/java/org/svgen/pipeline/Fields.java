package org.svgen.pipeline;

import org.svgen.tensor.Field;

/** What errors about a request name: its parts, and the memory that a plan may use. */
public final class Fields {
    /** What the video shows. */
    public static final Field PROMPT = new Field("prompt");

    /** What guidance leads away from. */
    public static final Field NEGATIVE_PROMPT = new Field("negativePrompt");

    /** The first frame. */
    public static final Field IMAGE = new Field("image");

    /** Width in pixels. */
    public static final Field WIDTH = new Field("width");

    /** Height in pixels. */
    public static final Field HEIGHT = new Field("height");

    /** Number of frames. */
    public static final Field FRAMES = new Field("frames");

    /** Frames per second. */
    public static final Field FPS = new Field("fps");

    /** Denoising steps. */
    public static final Field STEPS = new Field("steps");

    /** How strongly the prompt steers. */
    public static final Field GUIDANCE = new Field("guidance");

    /** What random numbers begin with. */
    public static final Field SEED = new Field("seed");

    /** Mode of attention. */
    public static final Field ATTENTION = new Field("attention");

    /** Fraction of pairs that sparse calls keep. */
    public static final Field DENSITY = new Field("density");

    /** Leading steps that attend densely. */
    public static final Field DENSE_STEPS = new Field("denseSteps");

    /** Leading layers that attend densely. */
    public static final Field DENSE_LAYERS = new Field("denseLayers");

    /** How much worse than dense a head may be. */
    public static final Field HEAD_TOLERANCE = new Field("headTolerance");

    /** Query rows by which heads are told apart. */
    public static final Field SAMPLED_ROWS = new Field("sampledRows");

    /** What is computed in. */
    public static final Field DTYPE = new Field("dtype");

    /** The initial noise. */
    public static final Field LATENTS = new Field("latents");

    /** Bytes of the device that may be used. */
    public static final Field MEMORY_LIMIT = new Field("memoryLimit");

    private Fields() {}
}
