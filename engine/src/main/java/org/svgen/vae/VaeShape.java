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
    default int inChannels() {
        return 3;
    }

    /** {@return channels of a pixel that is decoded} */
    default int outChannels() {
        return 3;
    }

    /** {@return pixels each way that are one place to the networks, and so to seams of tiles} */
    default int patch() {
        return 1;
    }

    /**
     * {@return how many frames are decoded from {@code latentFrames}}
     *
     * @param latentFrames frames of latents
     */
    default int videoFrames(int latentFrames) {
        return 1 + temporalRatio() * (latentFrames - 1);
    }

    /**
     * {@return how many frames of latents {@code videoFrames} are encoded to}
     *
     * @param videoFrames frames of the video
     */
    default int latentFrames(int videoFrames) {
        return (videoFrames - 1) / temporalRatio() + 1;
    }
}
