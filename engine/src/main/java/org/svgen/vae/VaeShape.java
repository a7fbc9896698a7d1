package org.svgen.vae;

/** The size of an autoencoder's latents beside that of its videos. */
public interface VaeShape {
    /** {@return pixels that a latent stands for, each way} */
    int spatialRatio();

    /** {@return frames that a latent frame behind the first stands for} */
    int temporalRatio();

    /** {@return channels of a latent} */
    int latentChannels();

    /** {@return channels of a pixel that is encoded} */
    int inChannels();

    /** {@return channels of a pixel that is decoded} */
    int outChannels();

    /**
     * {@return how many frames are decoded from {@code latentFrames}}
     *
     * @param latentFrames frames of latents
     */
    int videoFrames(int latentFrames);

    /**
     * {@return how many frames of latents {@code videoFrames} are encoded to}
     *
     * @param videoFrames frames of the video
     */
    int latentFrames(int videoFrames);
}
