package org.svgen.vae;

/** Hears how far an autoencoder is. */
@FunctionalInterface
public interface VaeProgress {
    /** Hears nothing. */
    VaeProgress SILENT = (done, total) -> {};

    /**
     * Called before the first piece of the video with 0, and behind each piece.
     *
     * @param done pieces that went through the network
     * @param total pieces of the whole
     */
    void made(int done, int total);
}
