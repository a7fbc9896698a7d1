package org.svgen.pipeline;

import org.svgen.tensor.Field;

/** What errors about a request name: its parts, and the memory that a plan may use. */
public final class Fields {
    public static final Field IMAGE = new Field("image");
    public static final Field WIDTH = new Field("width");
    public static final Field HEIGHT = new Field("height");
    public static final Field FRAMES = new Field("frames");
    public static final Field FPS = new Field("fps");
    public static final Field STEPS = new Field("steps");
    public static final Field GUIDANCE = new Field("guidance");
    public static final Field ATTENTION = new Field("attention");
    public static final Field DENSITY = new Field("density");
    public static final Field DENSE_STEPS = new Field("denseSteps");
    public static final Field DENSE_LAYERS = new Field("denseLayers");
    public static final Field HEAD_TOLERANCE = new Field("headTolerance");
    public static final Field SAMPLED_ROWS = new Field("sampledRows");
    public static final Field DTYPE = new Field("dtype");
    public static final Field LLAMA_ROTARY = new Field("llamaRotary");
    public static final Field LATENTS = new Field("latents");
    public static final Field MEMORY_LIMIT = new Field("memoryLimit");

    private Fields() {}
}
