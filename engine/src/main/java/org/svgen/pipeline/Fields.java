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

    /** The model, or the file of its transformer. */
    public static final Field MODEL = new Field("model");

    /** The transformer for little noise, of models with two. */
    public static final Field MODEL_2 = new Field("model2");

    /** The autoencoder of a model in a single file. */
    public static final Field VAE = new Field("vae");

    /** A text encoder of a model in a single file. */
    public static final Field TEXT_ENCODER = new Field("textEncoder");

    /** What sees pictures for a model in a single file. */
    public static final Field IMAGE_ENCODER = new Field("imageEncoder");

    /** Where all comes from that single files lack. */
    public static final Field BASE = new Field("base");

    /** An adapter. */
    public static final Field LORA = new Field("lora");

    private Fields() {}
}
