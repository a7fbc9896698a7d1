package org.svgen.pipeline;

import org.svgen.tensor.Field;

/** What errors name beside the fields that have {@link Rules}. */
public final class Fields {
    /** The first frame. */
    public static final Field IMAGE = new Field("image");

    /** The last frame. */
    public static final Field LAST_IMAGE = new Field("lastImage");

    /** The initial noise. */
    public static final Field LATENTS = new Field("latents");

    /** Bytes of the device that may be used. */
    public static final Field MEMORY_LIMIT = new Field("memoryLimit");

    /** What a target of PSNR goes by. */
    public static final Field CALIBRATION = new Field("calibration");

    private Fields() {}
}
